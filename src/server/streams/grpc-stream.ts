import { Code, ConnectError } from "@connectrpc/connect";
import { clientError } from "../client-error.ts";
import { readableError } from "../readable-error.ts";
import type { Settings } from "../options.ts";
import { type GatedMessage, RequestGate, type RequestGateOptions } from "../identity/request-gate.ts";
import { scheduleFlush } from "./flush-queue.ts";
import { FrameReader } from "./frame-reader.ts";
import { statusTrailer } from "./grpc-status.ts";
import type { MessageStream } from "./message-stream.ts";
import { RequestTimes } from "./request-times.ts";
import type { BufferedStream, SendBudget } from "./send-budget.ts";
import { connectionTooOld, disconnected, stalled } from "./stream-errors.ts";
import type { ServedStream, StreamTransport } from "./transport.ts";

/** What a {@link GrpcStream} needs. */
export interface GrpcStreamOptions {
  readonly transport: StreamTransport;
  readonly budget: SendBudget;
  /** The header `grpc-timeout`, if there is one. */
  readonly timeout: string | null;
  readonly settings: Pick<Settings, "maxRequestBytes" | "requestTimeoutMs" | "firstRequestTimeoutMs">;
  /** Called once, when the stream has ended: with the reason, undefined if the client half-closed it. */
  readonly onEnd: (reason: unknown) => void;
  /** Called with an error that comes when the stream has its reason to end, or none: of no use to the client. */
  readonly onLateError: (error: unknown) => void;
}

/**
 * One gRPC stream: gRPC's framing between the bytes of a transport and a stream of messages, which it owns from
 * {@link start} on. There are no promises in it, and reading never waits for writing.
 *
 * Invariants: `#unsent` holds the frames that the transport was given and has not sent, oldest first, and the budget
 * counts exactly these, also after the end; nothing is written after `#ended`.
 */
export class GrpcStream implements BufferedStream, ServedStream {
  readonly #options: GrpcStreamOptions;
  readonly #reader: FrameReader;
  readonly #times: RequestTimes;
  readonly #onMessage = (message: Uint8Array): void => this.#receive(message);
  #stream: MessageStream | undefined = undefined;
  #writable = false;
  #unsent: Uint8Array[] = [];
  /** Flushes when the stream of messages has something due. */
  #due: Timer | undefined = undefined;
  #dueAt: number | undefined = undefined;
  /** Stands in front of requests that need a decision. */
  #gate: Gate | undefined = undefined;
  #halfClosed = false;
  #isWaiting = false;
  #ended = false;

  constructor(options: GrpcStreamOptions) {
    this.#options = options;
    const { settings, timeout } = options;
    this.#reader = new FrameReader(settings.maxRequestBytes);
    this.#times = new RequestTimes({ settings, timeout, end: (reason) => this.end(reason) });
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Whether requests wait for a decision. */
  get isDeciding(): boolean {
    return this.#gate?.isDeciding === true;
  }

  /** It is not started yet, and not read until then. */
  wait(): void {
    this.#options.transport.pause();
    this.#isWaiting = true;
  }

  /** Ends the stream before its start. The client is to open its next one on another connection. */
  refuse(reason: NonNullable<unknown>): void {
    this.end(reason);
    this.#options.transport.leave();
  }

  /** From here on requests may arrive. */
  start<R extends GatedMessage>(stream: MessageStream, gate?: RequestGateOptions<R>): void {
    if (this.#ended) return; // by the callback that it was shown to
    this.#stream = stream;
    this.#gate = gate && new RequestGate(gate, this);
    this.#times.start();
    if (this.#isWaiting) this.#options.transport.resume();
    this.#isWaiting = false;
  }

  writable(): void {
    this.#writable = true;
    this.flush();
  }

  /** There may be a message to send. Cheap, and never writes at once. */
  wake(): void {
    if (this.#writable) scheduleFlush(this);
  }

  flush(): void {
    const { budget } = this.#options;
    while (this.#writable && budget.hasRoom(this)) {
      const frame = this.#nextFrame();
      if (frame === undefined) return;
      this.#unsent.push(frame);
      budget.add(this, frame);
      this.#writable = this.#write(frame);
    }
  }

  retire(): void {
    this.end(connectionTooOld());
  }

  progress(): void {
    if (this.#unsent.length > 0) this.#options.budget.progress(this);
  }

  sent(): void {
    const frame = this.#unsent.shift();
    if (frame !== undefined) this.#options.budget.release(this, frame, this.#unsent.length);
  }

  closeStalled(stalledMs: number): void {
    this.end(stalled(stalledMs));
    this.#options.transport.abort();
    this.#dropUnsent();
  }

  /**
   * Ends the stream, once: frees its memory and sends the status, OK without a reason. Frames that the transport has still
   * to send stay in the budget.
   */
  end(reason?: unknown): void {
    if (this.#ended) return this.#options.onLateError(reason);
    this.#ended = true;
    this.#writable = false;
    this.#times.stop();
    clearTimeout(this.#due);
    this.#gate?.close();
    this.#options.budget.endWrites(this);
    const fault = closeFault(this.#stream);
    const why = reason ?? fault;
    const { transport } = this.#options;
    try {
      transport.end(statusTrailer(why === undefined ? undefined : clientError(why)));
    } catch {
      transport.abort(); // nor can it report why
    }
    this.#options.onEnd(why);
    if (why !== fault) this.#options.onLateError(fault);
  }

  disconnected(reason?: unknown): void {
    if (!this.#ended) this.end(disconnected(reason));
    this.#dropUnsent();
  }

  push(chunk: Uint8Array): void {
    if (this.#ended) return;
    try {
      this.#reader.push(chunk, this.#onMessage);
    } catch (error) {
      return this.end(readableError(error));
    }
    this.#limitIncomplete();
  }

  pause(): void {
    this.#options.transport.pause();
  }

  resume(): void {
    if (this.#ended) return;
    this.#options.transport.resume();
    this.#limitIncomplete();
    if (this.#halfClosed) this.wake();
  }

  /** Decides on the access of the client again. Never rejects. */
  async recheck(): Promise<void> {
    await this.#gate?.recheck();
  }

  /** Waits a moment, since the body of a request that the client resets ends before the reset arrives. */
  bodyEnded(): void {
    setTimeout(() => this.#halfClose(), RESET_SIGNAL_MS);
  }

  /** Streams are flushed one after the other, so that an error here would cost the others theirs. */
  #write(frame: Uint8Array): boolean {
    try {
      return this.#options.transport.write(frame) && !this.#ended;
    } catch (error) {
      this.end(readableError(error));
      this.#options.transport.abort();
      this.#dropUnsent();
      return false;
    }
  }

  #dropUnsent(): void {
    const { budget } = this.#options;
    const unsent = this.#unsent;
    if (unsent.length === 0) return;
    this.#unsent = [];
    budget.remove(this);
    for (const frame of unsent) budget.release(this, frame, 0);
  }

  /** Responses that were pending when the client half-closed are still sent, so that a one-shot client gets them. */
  #nextFrame(): Uint8Array | undefined {
    if (this.#ended) return undefined;
    try {
      const frame = this.#stream?.next(performance.now())?.frame;
      if (this.#ended) return undefined; // by a callback
      if (frame === undefined && this.#isComplete()) this.end();
      else if (frame === undefined) this.#scheduleWake(this.#stream?.dueAt);
      return frame;
    } catch (error) {
      this.end(readableError(error));
      return undefined;
    }
  }

  #isComplete(): boolean {
    if (this.isDeciding) return false;
    return this.#stream?.isComplete?.(this.#halfClosed) ?? this.#halfClosed;
  }

  /** Replaces the time at which the stream is woken. */
  #scheduleWake(time: number | undefined): void {
    if (time === this.#dueAt) return;
    this.#dueAt = time;
    clearTimeout(this.#due);
    if (time === undefined) return;
    this.#due = setTimeout(() => {
      this.#dueAt = undefined;
      this.wake();
    }, Math.ceil(time - performance.now()));
  }

  #receive(message: Uint8Array): void {
    if (this.#ended) return;
    this.#times.received();
    if (this.#gate !== undefined) this.#gate.receive(message);
    else this.#stream?.receive(message);
  }

  /** While a request waits for a decision the rest is not read, so its client is not at fault. */
  #limitIncomplete(): void {
    if (!this.#ended && this.#reader.partial && !this.isDeciding) this.#times.began();
  }

  #halfClose(): void {
    if (this.#ended) return;
    if (this.#reader.partial) {
      return this.end(new ConnectError("Cannot read request: the body ended inside a message", Code.InvalidArgument));
    }
    this.#halfClosed = true;
    this.wake();
  }
}

/** How long after the end of the body a reset may still arrive: more than it takes, and little for a last status. */
const RESET_SIGNAL_MS = 10;

type Timer = ReturnType<typeof setTimeout>;
/** A gate as it is used here, whatever requests are. */
type Gate = Pick<RequestGate<GatedMessage>, "receive" | "recheck" | "close" | "isDeciding">;

function closeFault(stream: MessageStream | undefined): unknown {
  try {
    stream?.close();
    return undefined;
  } catch (error) { // a cache may be the user's own
    return readableError(error);
  }
}
