import { Code, ConnectError, type ConnectRouter, createContextValues } from "@connectrpc/connect";
import type { UniversalServerResponse } from "@connectrpc/connect/protocol";
import type { Cache } from "../cache/mod.ts";
import type { Registry } from "@bufbuild/protobuf";
import type { ApiTable, MessageFinder } from "../resource/mod.ts";
import { ResourceJson } from "./polls/resource-json.ts";
import { DEFAULT_STREAM_LIMITS, DiscoveryStream, ResponseFactory } from "../stream/mod.ts";
import type { StreamInfo, StreamLimits } from "../stream/mod.ts";
import { v3 } from "../v3/table.ts";
import { Backlog, type Unsent } from "./streams/send-budget.ts";
import { type DiscoveryCallbacks, guardCallbacks } from "./callbacks.ts";
import { type DirectRequest, setDirectMethods } from "./streams/transport.ts";
import { Fetcher } from "./polls/poller.ts";
import { DEFAULT_MAX_REQUEST_BYTES } from "./streams/frame-reader.ts";
import { clientError, isForClient } from "./client-error.ts";
import { GrpcStream } from "./streams/grpc-stream.ts";
import { JsonResponses } from "./polls/rest-response.ts";
import { PEER } from "./peer.ts";
import { restHandlers } from "./polls/rest-handlers.ts";
import { streamHandlers, type StreamRequest, type StreamRoute, streamRoutes } from "./streams/methods.ts";
import { spread } from "./drain.ts";
import { addUnaryHandlers } from "./polls/unary-handlers.ts";
import { UniversalExchange } from "./streams/router-transport.ts";
import { webFetch } from "./polls/web-handler.ts";

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
  /**
   * How long a poll (REST, unary `Fetch`) waits for a cache that does not answer at once, in milliseconds: one that has
   * no configuration for the client, or that loads it. Default: 500, less than the second that Envoy waits.
   */
  readonly fetchWaitMs?: number;
  /**
   * How long a poll that there is nothing new for waits for a change, in milliseconds. Keep it below the client's
   * timeout, in Envoy `request_timeout` of the config source, which is one second by default. Default: 0.
   */
  readonly longPollMs?: number;
  /**
   * Types of your own that resources hold packed into an `Any`, to write them in JSON, such as protobuf-es's
   * `createRegistry(MyFilterSchema)`. Envoy's own are known. Default: none.
   */
  readonly types?: Pick<Registry, "getMessage">;
  /**
   * How long a client may read nothing of what it is sent before its stream is ended, in milliseconds. Default: 60,000.
   */
  readonly stallTimeoutMs?: number;
  /**
   * How much may wait in memory for clients to read it, of all streams together, in bytes; what several of them share
   * counts once. Beyond it streams are sent what is new only as others get on, and those are ended that have read
   * nothing for the longest time, and for a second at least. Default: 256 MiB.
   */
  readonly maxUnsentBytes?: number;
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
  /** What waits for clients to read it. */
  readonly unsent: Unsent;
}

/** Serves the configuration of a cache over xDS, independent of how connections are made. */
export interface DiscoveryServer {
  /**
   * Mounts the API on a router: all streaming methods, by gRPC; the unary ones, by each protocol that the router
   * speaks; and the REST paths. Does not depend on `this`.
   */
  routes(router: ConnectRouter): void;
  /**
   * Answers a request to a REST path, such as `POST /v3/discovery:clusters`, or to a unary method by the Connect
   * protocol, on any runtime that knows `Request` and `Response`. Never rejects; does not depend on `this`.
   */
  fetch(request: Request): Promise<Response>;
  /** The open streams, oldest first, as they are now. */
  readonly streams: readonly StreamInfo[];
  /** All open streams with their state, for people to read. */
  status(): ServerStatus;
  /**
   * Ends the streams that are open now with UNAVAILABLE, and answers the polls that wait. What comes later is served.
   */
  drain(options?: DrainOptions): Promise<void>;
  /** Ends all streams at once with UNAVAILABLE, and each that comes later; polls too, in REST with status 503. */
  close(): void;
}

/**
 * Creates a server. It serves nothing by itself: hand it to `listen()` of `ts-control-plane/node`, mount
 * {@link DiscoveryServer.routes} on a router of your own, or give {@link DiscoveryServer.fetch} to what calls it.
 */
export function createDiscoveryServer(options: DiscoveryServerOptions): DiscoveryServer {
  const api = options.api ?? v3;
  const limits = streamLimits(options);
  const callbacks = guardCallbacks(options.callbacks ?? {});
  const identifier = options.identifier ?? "";
  const responses = new ResponseFactory({ identifier });
  const { maxRequestBytes = DEFAULT_MAX_REQUEST_BYTES, requestTimeoutMs = 10_000 } = options;
  const { fetchWaitMs: waitMs = 500, longPollMs = 0 } = options;
  const fetcher = new Fetcher({ api, cache: options.cache, callbacks, limits, waitMs, longPollMs });
  const json = new ResourceJson(messageFinder(api, options.types));
  const body = { maxBytes: maxRequestBytes, timeoutMs: requestTimeoutMs };
  const rest = { api, fetcher, responses: new JsonResponses(json, { identifier }), body };
  const unary = { api, fetcher, json, identifier, body };
  const open = new Map<DiscoveryStream, GrpcStream>();
  const backlog = new Backlog({
    maxBytes: options.maxUnsentBytes ?? 256 * 1024 * 1024,
    stallTimeoutMs: options.stallTimeoutMs ?? 60_000,
  });
  let lastId = 0;
  let closed = false;

  function openStream(route: StreamRoute, { sink, timeout, peer }: DirectRequest): GrpcStream {
    const transport = new GrpcStream({
      sink,
      timeout,
      backlog,
      maxRequestBytes,
      requestTimeoutMs,
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
    return transport;
  }

  function openUniversal(request: StreamRequest, route: StreamRoute): UniversalServerResponse {
    const sink = new UniversalExchange(request);
    const timeout = request.header.get("grpc-timeout");
    const peer = (request.contextValues ?? createContextValues()).get(PEER);
    const transport = openStream(route, { sink, timeout, peer });
    if (!transport.ended) sink.start(transport);
    return sink.response;
  }

  const server: DiscoveryServer = {
    routes(router) {
      router.handlers.push(...streamHandlers(api, openUniversal), ...restHandlers(rest));
      addUnaryHandlers(router, unary);
    },
    fetch: webFetch(rest, unary),
    get streams() {
      return [...open.keys()].map((stream) => stream.info);
    },
    status() {
      const streams = [...open.keys()].map((stream) => ({ ...stream.info, state: stream.status() }));
      return { streams, unsent: backlog.unsent };
    },
    drain({ overMs = 10_000 } = {}) {
      fetcher.release();
      const wanted = () => open.size > 0;
      return spread([...open.values()], (transport) => transport.end(unavailable()), { overMs, wanted });
    },
    close() {
      closed = true;
      fetcher.close();
      for (const transport of [...open.values()]) transport.end(unavailable());
    },
  };
  const routes = streamRoutes(api);
  setDirectMethods(server, (path) => {
    const route = routes.get(path);
    return route && ((request) => openStream(route, request));
  });
  return server;
}

function streamLimits(options: DiscoveryServerOptions): StreamLimits {
  const limits: Record<string, number> = { ...DEFAULT_STREAM_LIMITS };
  for (const name of Object.keys(DEFAULT_STREAM_LIMITS) as (keyof StreamLimits)[]) {
    const limit = options[name];
    if (limit !== undefined) limits[name] = limit;
  }
  return limits as unknown as StreamLimits;
}

function messageFinder(api: ApiTable, types: DiscoveryServerOptions["types"]): MessageFinder {
  return (typeName) => types?.getMessage(typeName) ?? api.messages?.(typeName);
}

function unavailable(): ConnectError {
  return new ConnectError("Server is shutting down", Code.Unavailable);
}
