import { Code, ConnectError } from "@connectrpc/connect";
import type { Node } from "../../../gen/envoy/config/core/v3/base_pb.ts";
import type { Cache } from "../../cache/mod.ts";
import { type ApiTable, normalName } from "../../resource/mod.ts";
import type { StreamLimits } from "../../stream/mod.ts";
import type { DiscoveryCallbacks } from "../callbacks.ts";
import { ClientGone } from "./client-gone.ts";
import { checkFetch, type DecodedFetch, type FetchInfo } from "./poll-request.ts";
import { isForClient } from "../client-error.ts";
import { type FetchWaits, PendingFetch } from "./pending-poll.ts";
import type { Fetched } from "./poll-result.ts";

/** What a {@link Fetcher} needs. */
export interface FetcherOptions extends FetchWaits {
  readonly api: ApiTable;
  readonly cache: Cache;
  readonly callbacks: DiscoveryCallbacks;
  readonly limits: StreamLimits;
}

/** Where a poll comes from. */
export interface FetchOrigin extends Pick<FetchInfo, "protocol" | "typeUrl" | "peer"> {
  /** Aborts when the client is gone. It is not looked at where nothing is waited for: Deno warns of what it does. */
  readonly signal: AbortSignal;
}

/** Answers polls, whatever protocol they come by. Between two of them nothing is kept. */
export class Fetcher {
  readonly #options: FetcherOptions;
  readonly #pending = new Set<PendingFetch>();
  #closed = false;

  constructor(options: FetcherOptions) {
    this.#options = options;
  }

  /**
   * @param write - makes what is sent of what is new; what it throws is the client's answer
   * @returns undefined if there is nothing that the client does not have
   * @throws ConnectError, ProtocolError - for the client
   */
  async answer<T>(
    request: DecodedFetch,
    origin: FetchOrigin,
    write: (fetched: Fetched) => Promise<T>,
  ): Promise<T | undefined> {
    const { callbacks, limits } = this.#options;
    const { protocol, typeUrl, peer } = origin;
    try {
      const node = checkFetch(request, typeUrl, limits);
      const info: FetchInfo = { protocol, typeUrl, node, peer };
      const { versionInfo, names } = request;
      callbacks.onFetchRequest?.(info, { versionInfo, names });
      const fetched = await this.#fetch(request, node, origin);
      const written = fetched && await write(fetched);
      const { version = "", resources = [] } = fetched ?? {};
      callbacks.onFetchResponse?.(info, { modified: fetched !== undefined, version, resources });
      return written;
    } catch (error) {
      if (!isForClient(error) && !(error instanceof ClientGone)) callbacks.onError?.(error, undefined);
      throw error;
    }
  }

  /** Answers all that wait now, as if their time was up. */
  release(): void {
    for (const pending of [...this.#pending]) pending.giveUp();
  }

  /** Refuses all that wait, and all that come later. */
  close(): void {
    this.#closed = true;
    for (const pending of [...this.#pending]) pending.end(unavailable());
  }

  #fetch({ names, versionInfo }: DecodedFetch, node: Node, origin: FetchOrigin): Promise<Fetched | undefined> {
    const { api, cache, waitMs, longPollMs } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<Fetched | undefined>();
    const pending = new PendingFetch({
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
    });
    if (this.#closed) pending.end(unavailable());
    else pending.start();
    if (!pending.ended) void this.#wait(pending, promise, origin.signal);
    return promise;
  }

  async #wait(pending: PendingFetch, answered: Promise<unknown>, signal: AbortSignal): Promise<void> {
    const gone = (): void => pending.end(new ClientGone());
    this.#pending.add(pending);
    signal.addEventListener("abort", gone);
    if (signal.aborted) gone();
    await answered.catch(() => {});
    this.#pending.delete(pending);
    signal.removeEventListener("abort", gone);
  }
}

function unavailable(): ConnectError {
  return new ConnectError("Server is shutting down", Code.Unavailable);
}
