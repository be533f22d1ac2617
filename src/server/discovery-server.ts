import { sourceErrorsOf } from "../cache/mod.ts";
import { checkOptions } from "../resource/mod.ts";
import { HeldBytes, type StreamInfo } from "../stream/mod.ts";
import type { StreamQueueStatus } from "./admission/admission.ts";
import { Readiness } from "./admission/readiness.ts";
import { guardCallbacks } from "./callbacks.ts";
import type { ConnectRouter } from "./connect-types.ts";
import { type ConnectionCounts, noConnections } from "./connection-counts.ts";
import type { AuthorizationCounts } from "./identity/authorize.ts";
import { Authorizer } from "./identity/authorizer.ts";
import { LimitCounter, type LimitCounts } from "./limits/limit-counts.ts";
import type { FailedConnection } from "./log-entries.ts";
import { ServerLog } from "./log.ts";
import { OPTION_NAMES } from "./option-names.ts";
import { type DiscoveryServerOptions, settingsOf } from "./options.ts";
import { Polls, type PollsStatus } from "./polls/polls.ts";
import type { Explanation } from "./diagnosis/explain.ts";
import { Inspector } from "./diagnosis/inspector.ts";
import { HealthState } from "./services/health-state.ts";
import { Services } from "./services/services.ts";
import { SendBudget, type Unsent } from "./streams/send-budget.ts";
import type { RejectedContent } from "./streams/rejected-by.ts";
import { Streams, type StreamStatus } from "./streams/streams.ts";
import { ACCEPTOR, type StreamAcceptor } from "./streams/transport.ts";

/** Options of {@link DiscoveryServer.drain}. */
export interface DrainOptions {
  /**
   * The time over which streams are ended, in random order, in milliseconds. Default: 10,000, so that clients do not
   * all reconnect to another replica at once.
   */
  readonly overMs?: number;
}

/** The state of a server. */
export interface ServerStatus {
  /** The open streams, oldest first. */
  readonly streams: readonly StreamStatus[];
  /** The content that clients of open streams have rejected, for each group of clients of the same kind. */
  readonly rejected: readonly RejectedContent[];
  /** Responses, of polls as well, that clients have not read yet. */
  readonly unsent: Unsent;
  /** The connections of `listen()`: those that are open, and those that broke a limit. */
  readonly connections: ConnectionCounts;
  /** What clients were denied. */
  readonly authorization: AuthorizationCounts;
  /** The polls that wait, and those that were refused. */
  readonly polls: PollsStatus;
  /** The streams that wait to be opened. */
  readonly queue: StreamQueueStatus;
  /** Whether clients are served: the configuration is loaded, and the server is not closed. */
  readonly ready: boolean;
  /** What is wrong with where the configuration comes from, as files that have errors; empty where nothing is known of it. */
  readonly sourceErrors: readonly string[];
  /** How often each limit was exceeded. */
  readonly limits: LimitCounts;
}

/** Serves the configuration of a cache over xDS, independent of how connections are made. */
export interface DiscoveryServer {
  /**
   * Mounts the API on a router: all streaming methods, by gRPC; the unary ones, by each protocol that the router
   * speaks; and the REST paths. Set {@link PEER} in the context values of the router's adapter, and callbacks and status
   * show the address of each client. Does not depend on `this`.
   */
  routes(router: ConnectRouter): void;
  /**
   * Handles a request to a REST path, such as `POST /v3/discovery:clusters`, or to a unary method by the Connect
   * protocol, on any runtime that knows `Request` and `Response`. Never rejects; does not depend on `this`.
   */
  fetch(request: Request): Promise<Response>;
  /** The open streams, oldest first, as they are now. */
  readonly streams: readonly StreamInfo[];
  /** The open streams with the state of their subscriptions, and the responses that clients have not read yet. */
  status(): ServerStatus;
  /**
   * Says why something has not arrived at a client, in words and as data: for people who look for a mistake, and for
   * pages that help them. It looks at the streams of the client; polls leave no state. It takes O(names of the client).
   *
   * @param nodeId - the id of the client's node
   * @param typeUrl - the type in question. Default: all that the client has requested.
   * @param name - the resource in question. Default: all of the type.
   */
  explain(nodeId: string, typeUrl?: string, name?: string): Explanation;
  /**
   * Decides at once on the access of all open streams and waiting polls, as after a revocation, and ends those that are
   * denied. Resolves when all decisions are made; never rejects.
   */
  reauthorize(): Promise<void>;
  /**
   * Sends content again that was kept from clients since it was rejected, as after an upgrade of what they depend on. It
   * is kept from them again if they reject it.
   *
   * @param names - default: all that is kept of the type
   */
  retryRejected(typeUrl: string, names?: readonly string[]): void;
  /**
   * Ends the streams that are open now with UNAVAILABLE, at once those that wait to be opened, and responds to the polls
   * that are waiting. Streams and polls that arrive later are served. From the beginning on `grpc.health.v1.Health`
   * responds NOT_SERVING.
   */
  drain(options?: DrainOptions): Promise<void>;
  /** Ends all streams at once with UNAVAILABLE, and each that is opened later; polls too, in REST with status 503. */
  close(): void;
}

/**
 * Creates a server. It serves nothing by itself: hand it to `listen()` of `ts-control-plane/node`, mount
 * {@link DiscoveryServer.routes} on a router of your own, or pass requests to {@link DiscoveryServer.fetch}.
 *
 * @throws TypeError for an option that is not known, and without a cache
 */
export function createDiscoveryServer(options: DiscoveryServerOptions): DiscoveryServer {
  const { cache } = options;
  checkOptions("create a server", options, OPTION_NAMES);
  if (typeof cache?.watch !== "function") {
    throw new TypeError("Cannot create a server: its option cache must be a cache, such as new SnapshotCache()");
  }
  const settings = settingsOf(options);
  const log = new ServerLog(options.log);
  const callbacks = guardCallbacks(options.callbacks ?? {}, log);
  const counter = new LimitCounter();
  const health = new HealthState(settings.ready === undefined);
  const readiness = new Readiness(settings.ready, {
    onReady() {
      streams.ready();
      health.ready();
    },
    onFault: (reason) => callbacks.onError?.(reason, undefined),
  });
  const authorizer = new Authorizer({
    authorize: settings.authorize,
    api: settings.api,
    timeoutMs: settings.authorizeTimeoutMs,
    onFault: (error, stream) => callbacks.onError?.(error, stream),
    log,
    maxPending: settings.maxPendingDecisions,
    counter,
  });
  const { maxUnsentBytes: maxBytes, stallTimeoutMs } = settings;
  const budget = new SendBudget({ maxBytes, stallTimeoutMs, counter });
  const held = new HeldBytes(settings.maxHeldBytes);
  const inspector = new Inspector({ cache, log });
  const shared = { inspector, settings, cache, budget, held, callbacks, authorizer, readiness, counter };
  const streams = new Streams({ ...shared, log });
  const polls = new Polls(shared);
  let closed = false;
  const services = new Services({ ...shared, state: health });
  const connections = noConnections();
  const server: DiscoveryServer & StreamAcceptor = {
    routes(router) {
      router.handlers.push(...streams.handlers(), ...services.handlers(), ...polls.restHandlers());
      polls.addUnaryHandlers(router);
    },
    fetch: polls.webHandler(),
    get streams() {
      return streams.infos();
    },
    status: () => ({
      streams: streams.status(),
      rejected: streams.rejected(),
      unsent: budget.unsent,
      connections: { ...connections },
      authorization: authorizer.counts,
      polls: polls.status,
      queue: streams.queue,
      ready: readiness.isReady && !closed,
      sourceErrors: sourceErrorsOf(cache),
      limits: counter.counts,
    }),
    async reauthorize() {
      await Promise.all([streams.reauthorize(), services.reauthorize(), polls.reauthorize()]);
    },
    explain: (nodeId, typeUrl, name) => streams.explain({ nodeId, typeUrl, name }),
    retryRejected: (typeUrl, names) => streams.retry(typeUrl, names),
    async drain({ overMs = 10_000 } = {}) {
      health.stop();
      polls.release();
      await streams.drain(overMs);
      services.end();
    },
    close() {
      closed = true;
      health.stop();
      services.close();
      polls.close();
      streams.close();
    },
    get [ACCEPTOR]() {
      const { headers } = settings;
      const accept = (path: string) => streams.accept(path) ?? services.accept(path);
      const onFailed = (connection: FailedConnection) => log.connectionFailed(connection);
      return { server, connections, limits: counter, headers, accept, onFailed };
    },
  };
  return server;
}
