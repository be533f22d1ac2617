import { Code, ConnectError } from "@connectrpc/connect";
import type { Node } from "../../gen/envoy/config/core/v3/base_pb.ts";
import type { Cache } from "../cache/mod.ts";
import type { ApiTable } from "../resource/mod.ts";
import type { StreamLimits } from "../stream/mod.ts";
import type { DiscoveryCallbacks } from "./callbacks.ts";
import { checkFetch, type DecodedFetch, type FetchInfo } from "./fetch-request.ts";
import { isForClient } from "./grpc-status.ts";
import { type FetchWaits, PendingFetch } from "./pending-fetch.ts";
import type { Fetched } from "./read-view.ts";

/** What a {@link Fetcher} needs. */
export interface FetcherOptions extends FetchWaits {
  readonly api: ApiTable;
  readonly cache: Cache;
  readonly callbacks: DiscoveryCallbacks;
  readonly limits: StreamLimits;
}

/** Where a poll comes from. */
export interface FetchOrigin extends Pick<FetchInfo, "protocol" | "typeUrl" | "peer"> {
  /** Aborts when the client is gone. */
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
      const fetched = await this.#fetch(request, { node, ...origin });
      const written = fetched && await write(fetched);
      const { version = "", resources = [] } = fetched ?? {};
      callbacks.onFetchResponse?.(info, { modified: fetched !== undefined, version, resources });
      return written;
    } catch (error) {
      if (!isForClient(error)) callbacks.onError?.(error, undefined);
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

  #fetch(
    { names, versionInfo }: DecodedFetch,
    { node, typeUrl, signal }: FetchOrigin & { readonly node: Node },
  ): Promise<Fetched | undefined> {
    const { api, cache, waitMs, longPollMs } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<Fetched | undefined>();
    const pending = new PendingFetch({
      cache,
      node,
      type: typeUrl,
      names: names.length === 0 || names.includes("*") ? undefined : new Set(names),
      versionInfo,
      fullState: api.types.find((type) => type.typeUrl === typeUrl)?.fullState ?? false,
      waitMs,
      longPollMs,
      resolve,
      reject,
    });
    const gone = (): void => pending.end(new ConnectError("Client has gone", Code.Aborted));
    this.#pending.add(pending);
    signal.addEventListener("abort", gone);
    if (this.#closed) pending.end(unavailable());
    else if (signal.aborted) gone();
    else pending.start();
    return promise.finally(() => {
      this.#pending.delete(pending);
      signal.removeEventListener("abort", gone);
    });
  }
}

function unavailable(): ConnectError {
  return new ConnectError("Server is shutting down", Code.Unavailable);
}
