import { Code, ConnectError, type ConnectRouter, createContextValues } from "@connectrpc/connect";
import type { UniversalServerResponse } from "@connectrpc/connect/protocol";
import type { Cache } from "../cache/mod.ts";
import type { ApiTable } from "../resource/mod.ts";
import { DEFAULT_STREAM_LIMITS, DiscoveryStream, ResponseFactory } from "../stream/mod.ts";
import type { StreamInfo, StreamLimits } from "../stream/mod.ts";
import { v3 } from "../v3/table.ts";
import { type DiscoveryCallbacks, guardCallbacks } from "./callbacks.ts";
import { DEFAULT_MAX_REQUEST_BYTES } from "./frame-reader.ts";
import { clientError, isForClient } from "./grpc-status.ts";
import { GrpcStream } from "./grpc-stream.ts";
import { PEER } from "./peer.ts";
import { streamHandlers, type StreamRequest, type StreamRoute } from "./routes.ts";
import { spread } from "./spread.ts";

/** Options of {@link createDiscoveryServer}. */
export interface DiscoveryServerOptions extends Partial<StreamLimits> {
  /** Where the configuration comes from. */
  readonly cache: Cache;
  /** Which API is served. Default: Envoy's v3. */
  readonly api?: ApiTable;
  /** Called as streams open, go on and close. */
  readonly callbacks?: DiscoveryCallbacks;
  /** The types of which a first request without names asks for everything. Default: LDS, CDS and SRDS. */
  readonly legacyWildcard?: ReadonlySet<string>;
  /**
   * How long changes in ADS wait for a client that does not answer, in milliseconds: those of routes and listeners for
   * the clusters and endpoints that were published with them, and the removal of a cluster for the routes that stop
   * using it. 0: nothing waits. Default: 15,000, which is how long an Envoy waits for what it needs.
   */
  readonly holdBackMs?: number;
  /** Sent to clients as `control_plane.identifier`. Default: empty, and not sent. */
  readonly identifier?: string;
  /** The largest request, in bytes. Default: 4 MiB; one for 20,000 clusters takes more than 1 MiB. */
  readonly maxRequestBytes?: number;
  /** How long a request may take from its first byte to its last, in milliseconds. Default: 10,000. */
  readonly requestTimeoutMs?: number;
}

/** How streams are ended by {@link DiscoveryServer.drain}. */
export interface DrainOptions {
  /**
   * The time over which streams are ended, in random order, in milliseconds. Default: 10,000, so that clients do not
   * all reconnect to another replica at once.
   */
  readonly overMs?: number;
}

/** A stream with the state of its subscriptions. */
export interface StreamStatus extends StreamInfo {
  readonly state: ReturnType<DiscoveryStream["status"]>;
}

/** What a server is doing. */
export interface ServerStatus {
  readonly streams: readonly StreamStatus[];
}

/** Serves the configuration of a cache over xDS, independent of how connections are made. */
export interface DiscoveryServer {
  /** Mounts all streaming methods of the API on a router. Does not depend on `this`. */
  routes(router: ConnectRouter): void;
  /** The open streams, oldest first, as they are now. */
  readonly streams: readonly StreamInfo[];
  /** All open streams with their state, for people to read. */
  status(): ServerStatus;
  /** Ends the streams that are open now with UNAVAILABLE. Streams that come later are served. */
  drain(options?: DrainOptions): Promise<void>;
  /** Ends all streams at once with UNAVAILABLE, and each that comes later. */
  close(): void;
}

/**
 * Creates a server. It serves nothing by itself: hand it to `listen()` of `ts-control-plane/node`, or mount
 * {@link DiscoveryServer.routes} on a router of your own.
 */
export function createDiscoveryServer(options: DiscoveryServerOptions): DiscoveryServer {
  const api = options.api ?? v3;
  const limits = streamLimits(options);
  const callbacks = guardCallbacks(options.callbacks ?? {});
  const responses = new ResponseFactory({ identifier: options.identifier ?? "" });
  const open = new Map<DiscoveryStream, GrpcStream>();
  let lastId = 0;
  let closed = false;

  function openStream(request: StreamRequest, route: StreamRoute): UniversalServerResponse {
    const peer = (request.contextValues ?? createContextValues()).get(PEER);
    const transport = new GrpcStream({
      header: request.header,
      body: request.body,
      signal: request.signal,
      maxRequestBytes: options.maxRequestBytes ?? DEFAULT_MAX_REQUEST_BYTES,
      requestTimeoutMs: options.requestTimeoutMs ?? 10_000,
      onEnd,
    });
    const stream = new DiscoveryStream({
      ...route,
      peer,
      id: ++lastId,
      api,
      cache: options.cache,
      responses,
      callbacks,
      limits,
      holdBackMs: options.holdBackMs ?? 15_000,
      legacyWildcard: options.legacyWildcard,
      wake: () => transport.wake(),
    });
    open.set(stream, transport);
    function onEnd(reason: unknown): void {
      open.delete(stream);
      if (reason !== undefined && !isForClient(reason)) callbacks.onError?.(reason, stream.info);
      callbacks.onStreamClose?.(stream.info, reason === undefined ? undefined : clientError(reason));
    }
    try {
      callbacks.onStreamOpen?.(stream.info);
      transport.start(stream);
      if (closed) transport.end(unavailable());
    } catch (error) {
      transport.end(error);
    }
    return transport.response;
  }

  return {
    routes(router) {
      router.handlers.push(...streamHandlers(api, openStream));
    },
    get streams() {
      return [...open.keys()].map((stream) => stream.info);
    },
    status() {
      return { streams: [...open.keys()].map((stream) => ({ ...stream.info, state: stream.status() })) };
    },
    drain({ overMs = 10_000 } = {}) {
      const wanted = () => open.size > 0;
      return spread([...open.values()], (transport) => transport.end(unavailable()), { overMs, wanted });
    },
    close() {
      closed = true;
      for (const transport of [...open.values()]) transport.end(unavailable());
    },
  };
}

function streamLimits(options: DiscoveryServerOptions): StreamLimits {
  const limits: Record<string, number> = { ...DEFAULT_STREAM_LIMITS };
  for (const name of Object.keys(DEFAULT_STREAM_LIMITS) as (keyof StreamLimits)[]) {
    const limit = options[name];
    if (limit !== undefined) limits[name] = limit;
  }
  return limits as unknown as StreamLimits;
}

function unavailable(): ConnectError {
  return new ConnectError("Server is shutting down", Code.Unavailable);
}
