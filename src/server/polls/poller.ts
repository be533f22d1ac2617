import { Code, ConnectError } from "@connectrpc/connect";
import { type Cache, explainWatch, type Node } from "../../cache/mod.ts";
import { type ApiTable, normalName } from "../../resource/mod.ts";
import { type HeldBytes, ProtocolError, type StreamLimits } from "../../stream/mod.ts";
import type { Readiness } from "../admission/readiness.ts";
import type { DiscoveryCallbacks } from "../callbacks.ts";
import { isForClient } from "../client-error.ts";
import type { Inspector } from "../diagnosis/inspector.ts";
import type { Authorizer } from "../identity/authorizer.ts";
import type { ClientOrigin } from "../identity/client-origin.ts";
import { forEach } from "../identity/for-each.ts";
import { readableError } from "../readable-error.ts";
import { ClientDisconnected } from "./client-disconnected.ts";
import { PendingPoll, type PollWaits } from "./pending-poll.ts";
import { checkPoll, type DecodedPoll, type FetchInfo } from "./poll-request.ts";
import type { PollResult } from "./poll-result.ts";

/** What a {@link Poller} needs. */
export interface PollerOptions extends PollWaits {
  readonly api: ApiTable;
  readonly cache: Cache;
  /** Guarded: only those throw that may refuse a poll. */
  readonly callbacks: DiscoveryCallbacks;
  readonly inspector: Inspector;
  readonly authorizer: Authorizer;
  readonly limits: StreamLimits;
  /** What clients hold: polls that wait have a share in it. */
  readonly held: HeldBytes;
  readonly readiness: Pick<Readiness, "isReady">;
  /** How often the access of a poll that waits is decided on again, in milliseconds; Infinity for never. */
  readonly recheckMs: number;
}

/** The origin of a poll. */
export interface PollOrigin extends Pick<FetchInfo, "protocol" | "typeUrl"> {
  readonly client: ClientOrigin;
  /**
   * Aborts when the client disconnects. Read only by polls that wait, since Deno logs a warning when the signal of a
   * request is used.
   */
  readonly signal: AbortSignal;
}

/** Responds to polls, whatever their protocol. It holds no state between two of them. */
export class Poller {
  readonly #options: PollerOptions;
  readonly #pending = new Map<PendingPoll, Recheck>();
  #closed = false;

  constructor(options: PollerOptions) {
    this.#options = options;
  }

  /**
   * @param write - encodes a result; an error that it throws is sent to the client
   * @returns what `write` returned; undefined if the client is up to date
   * @throws ConnectError, ProtocolError - for the client
   */
  async poll<T>(
    request: DecodedPoll,
    origin: PollOrigin,
    write: (result: PollResult) => Promise<T>,
  ): Promise<T | undefined> {
    const { callbacks, limits, readiness } = this.#options;
    const { protocol, typeUrl, client: { peer, certificate } } = origin;
    try {
      if (!readiness.isReady) throw notLoaded();
      const node = checkPoll(request, typeUrl, limits);
      const info: FetchInfo = { protocol, typeUrl, node, peer, certificate };
      const { versionInfo, names } = request;
      const decision = this.#decide(request, node, origin);
      if (decision !== undefined) await this.#decided(decision, request);
      callbacks.onFetchRequest?.(info, { versionInfo, names });
      const result = await this.#read(request, node, origin);
      const written = result && await write(result);
      const { version = "", resources = [] } = result ?? {};
      callbacks.onFetchResponse?.(info, { modified: result !== undefined, version, resources });
      return written;
    } catch (thrown) {
      const error = readableError(thrown);
      if (!isForClient(error) && !(error instanceof ClientDisconnected)) callbacks.onError?.(error, undefined);
      throw error;
    }
  }

  /** The polls that wait. */
  get waiting(): number {
    return this.#pending.size;
  }

  /** Responds to all waiting polls now, as if their time was up. */
  release(): void {
    for (const pending of [...this.#pending.keys()]) pending.expire();
  }

  /** Refuses all waiting polls, and all that arrive later. */
  close(): void {
    this.#closed = true;
    for (const pending of [...this.#pending.keys()]) pending.end(unavailable());
  }

  /** Decides on the access of waiting polls again. Never rejects. */
  reauthorize(): Promise<void> {
    return forEach([...this.#pending], ([pending, recheck]) => this.#recheck(pending, recheck));
  }

  async #recheck(pending: PendingPoll, recheck: Recheck): Promise<void> {
    try {
      await recheck();
    } catch (reason) {
      pending.end(reason);
    }
  }

  /** @returns undefined if the poll is allowed at once  @throws ConnectError if it is denied */
  #decide(
    { names }: DecodedPoll,
    node: Node,
    { typeUrl, client }: PollOrigin,
    isRecheck = false,
  ): Promise<void> | undefined {
    const { authorizer } = this.#options;
    if (!authorizer.isNeededFor(client)) return undefined;
    const access = [{ typeUrl, names: names.length === 0 ? ["*"] : names.map(normalName) }];
    return authorizer.decide({ client, node, stream: undefined, isRecheck }, access);
  }

  /** What a poll holds counts while it waits for a decision. */
  async #decided(decision: Promise<void>, { heldBytes }: DecodedPoll): Promise<void> {
    const { held } = this.#options;
    const isHeld = held.take(heldBytes);
    try {
      await decision;
    } finally {
      if (isHeld) held.take(-heldBytes);
    }
    if (!isHeld) throw this.#full();
  }

  #read(
    request: DecodedPoll,
    node: Node,
    origin: PollOrigin,
  ): Promise<PollResult | undefined> {
    const { api, cache, waitMs, longPollMs } = this.#options;
    const { names, versionInfo, heldBytes } = request;
    const { promise, resolve, reject } = Promise.withResolvers<PollResult | undefined>();
    const pending = new PendingPoll({
      cache,
      node,
      type: origin.typeUrl,
      names: names.length === 0 || names.includes("*") ? undefined : new Set(names.map(normalName)),
      versionInfo,
      fullState: api.types.find((type) => type.typeUrl === origin.typeUrl)?.fullState ?? false,
      waitMs,
      longPollMs,
      resolve,
      reject,
      onNoConfiguration: (request) => this.#options.inspector.noConfiguration(node, explainWatch(cache, request)),
      onLateError: (error) => this.#options.callbacks.onError?.(error, undefined),
    });
    if (this.#closed) pending.end(unavailable());
    else pending.start();
    if (!pending.ended && !this.#options.held.take(heldBytes)) pending.end(this.#full());
    else if (!pending.ended) {
      void this.#wait(pending, {
        settled: promise,
        heldBytes,
        signal: origin.signal,
        recheck: () => this.#decide(request, node, origin, true),
      });
    }
    return promise;
  }

  async #wait(pending: PendingPoll, { settled, heldBytes, signal, recheck }: WaitingPoll): Promise<void> {
    const onAbort = (): void => {
      const { reason } = signal;
      pending.end(isDeadline(reason) ? reason : new ClientDisconnected());
    };
    this.#pending.set(pending, recheck);
    const { waitMs, longPollMs, recheckMs } = this.#options;
    // Nearly all polls end before that.
    const isLong = Math.max(waitMs, longPollMs) > recheckMs;
    const timer = isLong ? setInterval(() => void this.#recheck(pending, recheck), recheckMs) : undefined;
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) onAbort();
    await settled.catch(() => {});
    clearInterval(timer);
    this.#pending.delete(pending);
    this.#options.held.take(-heldBytes);
    signal.removeEventListener("abort", onAbort);
  }

  #full(): ProtocolError {
    const { max } = this.#options.held;
    return new ProtocolError("resource_exhausted", `all clients together may hold at most ${max} bytes; poll later`, {
      limit: "maxHeldBytes",
    });
  }
}

interface WaitingPoll {
  readonly settled: Promise<unknown>;
  readonly heldBytes: number;
  readonly signal: AbortSignal;
  readonly recheck: Recheck;
}

type Recheck = () => Promise<void> | undefined;

/** Whether the time that the client gave has passed, so that it still waits for a status. */
function isDeadline(reason: unknown): boolean {
  return reason instanceof ConnectError && reason.code === Code.DeadlineExceeded;
}

function notLoaded(): ConnectError {
  return new ConnectError("Cannot respond: the configuration is not loaded yet", Code.Unavailable);
}

function unavailable(): ConnectError {
  return new ConnectError("Server is shutting down", Code.Unavailable);
}
