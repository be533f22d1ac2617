import { create } from "@bufbuild/protobuf";
import { type Node, NodeSchema } from "../../../gen/envoy/config/core/v3/base_pb.ts";
import { type AccessQuery, type HeldBytes, ProtocolError, type StreamInfo } from "../../stream/mod.ts";
import { readableError } from "../readable-error.ts";
import type { Authorizer } from "./authorizer.ts";
import type { ClientOrigin } from "./client-origin.ts";

/** What a {@link RequestGate} needs. */
export interface RequestGateOptions<R extends GatedMessage> {
  readonly stream: GatedMessages<R>;
  readonly authorizer: Authorizer;
  readonly client: ClientOrigin;
  /** How often the access of an open stream is decided on again, in milliseconds; Infinity for never. */
  readonly recheckMs: number;
  /** What clients hold: the headers, which later decisions need, and requests that wait have a share in it. */
  readonly held: HeldBytes;
}

/** A request that waits for a decision. */
export interface GatedMessage {
  /** The encoded node, which is valid only while the request is read. */
  readonly node?: Uint8Array | undefined;
}

/** The stream behind a gate. What throws here ends it. */
export interface GatedMessages<R extends GatedMessage> {
  /** Undefined where it is not a discovery stream. */
  readonly info: StreamInfo | undefined;
  /** Decodes a request, which is not kept. */
  read(message: Uint8Array): R;
  /** What a request that was read adds to the access of the client. */
  addedAccess(request: R): readonly AccessQuery[] | undefined;
  /** The access that the client has. */
  presentAccess(): readonly AccessQuery[];
  /** Applies a request that was read. */
  take(request: R): void;
}

/** What a gate does to the stream that it stands in front of. */
export interface GatedStream {
  /** No more requests are to be read. */
  pause(): void;
  /** A request was decided on: reading continues. */
  resume(): void;
  end(reason: unknown): void;
}

/**
 * Stands in front of the requests of one stream: what adds to its access is taken in once it was decided on. Requests
 * behind it wait in their order, and no more are read meanwhile.
 *
 * Invariant: `#waiting` has requests only while `#isDeciding`; after `close` nothing reaches the stream.
 */
export class RequestGate<R extends GatedMessage> {
  readonly #options: RequestGateOptions<R>;
  readonly #gated: GatedStream;
  #waiting: Uint8Array[] = [];
  /** The share in the budget of what clients hold: the headers, and the requests that wait. */
  #heldBytes = 0;
  #isDeciding = false;
  #isClosed = false;
  #recheck: ReturnType<typeof setTimeout> | undefined = undefined;

  /** @throws ProtocolError if clients hold too much already */
  constructor(options: RequestGateOptions<R>, gated: GatedStream) {
    this.#options = options;
    this.#hold(sizeOf(options.client.headers));
    this.#gated = gated;
    this.#scheduleRecheck();
  }

  /** Whether requests wait for a decision. */
  get isDeciding(): boolean {
    return this.#isDeciding;
  }

  /** Takes one request, which is not kept. @throws ConnectError, ProtocolError if the stream has to be ended */
  receive(message: Uint8Array): void {
    if (!this.#isDeciding) return this.#admit(message);
    this.#hold(BYTES_PER_MESSAGE + message.length);
    this.#waiting.push(message.slice());
  }

  /** Decides on the present access once more, and ends the stream if it is denied. Never rejects. */
  async recheck(): Promise<void> {
    const access = this.#options.stream.presentAccess();
    if (this.#isClosed || access.length === 0) return;
    try {
      await this.#decide(access, true);
    } catch (reason) {
      if (!this.#isClosed) this.#gated.end(reason);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting = [];
    this.#hold(-this.#heldBytes);
    clearTimeout(this.#recheck);
  }

  #admit(message: Uint8Array): void {
    const { stream } = this.#options;
    const request = stream.read(message);
    const added = stream.addedAccess(request);
    const decision = added && this.#decide(added, false);
    if (decision === undefined) return stream.take(request);
    this.#isDeciding = true;
    this.#gated.pause();
    const bytes = BYTES_PER_MESSAGE + message.length;
    void this.#takeAfter(decision, { ...request, ...request.node && { node: request.node.slice() } }, bytes);
  }

  /** @param bytes - what the request holds meanwhile */
  async #takeAfter(decision: Promise<void>, request: R, bytes: number): Promise<void> {
    try {
      await this.#whileHeld(bytes, decision);
      if (this.#isClosed) return;
      this.#isDeciding = false;
      this.#options.stream.take(request);
      while (this.#waiting.length > 0 && !this.#isDeciding && !this.#isClosed) this.#admitNext();
      if (!this.#isDeciding) this.#gated.resume();
    } catch (reason) {
      this.#gated.end(readableError(reason));
    }
  }

  #admitNext(): void {
    const message = this.#waiting.shift()!;
    this.#hold(-BYTES_PER_MESSAGE - message.length);
    this.#admit(message);
  }

  async #whileHeld(bytes: number, decision: Promise<void>): Promise<void> {
    try {
      this.#hold(bytes);
    } catch (reason) {
      decision.catch(() => {}); // the stream ends without it
      throw reason;
    }
    await decision;
    if (!this.#isClosed) this.#hold(-bytes);
  }

  #hold(bytes: number): void {
    const { held } = this.#options;
    if (!held.take(bytes)) {
      throw new ProtocolError(
        "resource_exhausted",
        `all clients together may hold at most ${held.max} bytes; try later`,
        { limit: "maxHeldBytes" },
      );
    }
    this.#heldBytes += bytes;
  }

  #decide(access: readonly AccessQuery[], isRecheck: boolean): Promise<void> | undefined {
    const { authorizer, stream: { info }, client } = this.#options;
    return authorizer.decide({ client, node: info?.node ?? NO_NODE, stream: info, isRecheck }, access);
  }

  #scheduleRecheck(): void {
    const { recheckMs } = this.#options;
    if (recheckMs > MAX_TIMER_MS) return;
    this.#recheck = setTimeout(async () => {
      await this.recheck();
      if (!this.#isClosed) this.#scheduleRecheck();
    }, recheckMs * (1 - JITTER * Math.random()));
  }
}

function sizeOf(headers: Headers): number {
  let bytes = 0;
  headers.forEach((value, name) => bytes += BYTES_PER_HEADER + name.length + value.length);
  return bytes;
}

/** For what is not requested by a node. */
const NO_NODE: Node = create(NodeSchema);

const BYTES_PER_HEADER = 100;
const BYTES_PER_MESSAGE = 200;

/** The longest that a timer can hold. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** Streams that were opened together are not decided on together. */
const JITTER = 0.1;
