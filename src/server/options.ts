import type { Cache } from "../cache/mod.ts";
import type { ApiTable, MessageTypes } from "../resource/mod.ts";
import { DEFAULT_STREAM_LIMITS, type Quorum, type StreamLimits } from "../stream/mod.ts";
import { v3 } from "../v3/table.ts";
import { type AdmissionLimits, admissionLimits } from "./admission/admission-limits.ts";
import type { DiscoveryCallbacks } from "./callbacks.ts";
import { type HeaderLimits, headerLimits } from "./limits/header-limits.ts";
import type { Logger } from "./log.ts";
import type { Authorize } from "./identity/authorize.ts";
import { DEFAULT_MAX_REQUEST_BYTES } from "./streams/frame-reader.ts";

/** Options of {@link createDiscoveryServer}. */
export interface DiscoveryServerOptions extends Partial<StreamLimits & AdmissionLimits & HeaderLimits> {
  /** The source of the configuration. */
  readonly cache: Cache;
  /**
   * Resolves when the configuration is loaded. Until then streams wait, for `queueTimeoutMs` at most, and polls get
   * UNAVAILABLE, in REST status 503, so that no client is sent less than there is. If it rejects they never are, and
   * `onError` is called. Default: the configuration is loaded.
   */
  readonly ready?: PromiseLike<unknown>;
  /** The API that is served. Default: Envoy's v3. */
  readonly api?: ApiTable;
  /** Called for the events of streams and polls. Default: none. */
  readonly callbacks?: DiscoveryCallbacks;
  /**
   * Where NACKs and faults are logged and, at its debug level, each decision of the protocol: a pino logger, `console`,
   * or any {@link Logger}. Default: NACKs and faults go to the console, by `console.warn` and `console.error`, and
   * nothing else does. `false`: nothing is logged.
   */
  readonly log?: Logger | false;
  /** The types of which a first request without names subscribes to everything. Default: LDS, CDS and SRDS. */
  readonly legacyWildcard?: ReadonlySet<string>;
  /**
   * The hold-back deadline of ADS, in milliseconds: how long routes and listeners wait for the ACK of clusters and
   * endpoints that were published with them, and the removal of a cluster for the ACK of the routes that stop using it.
   * 0: nothing waits. Default: 15,000, as long as an Envoy waits for the dependencies of a resource.
   */
  readonly holdBackMs?: number;
  /**
   * Whether a resource that a client rejects is kept from it, so that the rest of a response still arrives, until its
   * content changes; and when content that clients reject is not tried on others. `false`: a response is rejected as a
   * whole. Default: `true`, with the defaults of {@link IsolationOptions}.
   */
  readonly isolate?: boolean | IsolationOptions;
  /** Sent to clients as `control_plane.identifier`. Default: empty, and not sent. */
  readonly identifier?: string;
  /** The largest request, in bytes. Default: 4 MiB; one for 20,000 clusters takes more than 1 MiB. */
  readonly maxRequestBytes?: number;
  /** How long a request may take from its first byte to its last, in milliseconds. Default: 10,000. */
  readonly requestTimeoutMs?: number;
  /** How long a stream may be open without a request, in milliseconds. Default: 30,000. */
  readonly firstRequestTimeoutMs?: number;
  /**
   * How long a poll (REST, unary `Fetch`) waits for a cache that has no view for it yet, in milliseconds: one without
   * configuration for the client, or one that is loading it. Default: 500, less than the second that Envoy waits.
   */
  readonly fetchWaitMs?: number;
  /**
   * How long a poll whose client is up to date waits for a change, in milliseconds. Keep it below the client's timeout,
   * in Envoy `request_timeout` of the config source, which is one second by default. Default: 0.
   */
  readonly longPollMs?: number;
  /**
   * Your own message types that resources hold packed into an `Any`, needed to write them in JSON, such as protobuf-es's
   * `createRegistry(MyFilterSchema)`. Envoy's types are known. Default: none.
   */
  readonly types?: MessageTypes;
  /**
   * How long a client may read nothing of its pending responses before its stream or poll is closed, in milliseconds. Of a
   * large response it has to read 128 KiB in this time. Default: 60,000.
   */
  readonly stallTimeoutMs?: number;
  /**
   * The limit of buffered response bytes over all streams and polls; buffers that they share count once. Above it sending
   * pauses (backpressure), polls are refused, and the streams that have stalled longest, for 1 s at least, are closed.
   * Default: 256 MiB.
   */
  readonly maxUnsentBytes?: number;
  /**
   * Memory that all streams together may hold for the nodes, types and names of their clients, as an estimate in bytes
   * (some 350 for a name). Beyond it a request that adds to it ends its stream with RESOURCE_EXHAUSTED. Keep it below
   * half of the heap. Default: 512 MiB.
   */
  readonly maxHeldBytes?: number;
  /**
   * Decides whether a client may have what it requests, at one place for streams and polls of every protocol. It is
   * called for the first request of a stream, for each new type, for each addition of names, and for all of them again
   * when the node changes; not for an ACK. It is called once for each poll. Where it returns a promise, that stream or
   * poll waits, and no other. Default: types of secrets are served only to clients that have a certificate or are on the
   * machine itself, all other types to everyone.
   */
  readonly authorize?: Authorize;
  /**
   * How often `authorize` is called again for all that an open stream has, in milliseconds; the stream ends once it is
   * denied. Up to a tenth earlier, so that streams which were opened together are not decided on together. Infinity: never.
   * Default: 300,000. See also {@link DiscoveryServer.reauthorize}.
   */
  readonly reauthorizeMs?: number;
  /**
   * Serves `grpc.health.v1.Health` by gRPC: SERVING, and NOT_SERVING before `ready` resolves and once the server drains or is closed.
   * Requests go to `authorize` with an empty node and type, and the name of the service. Default: false.
   */
  readonly health?: boolean;
  /**
   * Serves `grpc.reflection.v1.ServerReflection`, and its predecessor v1alpha, by gRPC, so that tools such as grpcurl know
   * what is served. Requests go to `authorize` with an empty node and type, and the name `*`. Default: false.
   */
  readonly reflection?: boolean;
  /** How long `authorize` may take, in milliseconds; after that the request is denied. Default: 5,000. */
  readonly authorizeTimeoutMs?: number;
  /**
   * How many decisions of `authorize` may be pending at once. Others wait before `authorize` is called, for
   * `authorizeTimeoutMs` at most, and then get UNAVAILABLE. Checks of access that a client has already do not wait.
   * Default: 100.
   */
  readonly maxPendingDecisions?: number;
}

/**
 * When content counts as rejected for all clients of a group of the same kind (`user_agent_name` and version): it is not
 * tried on those that were not sent it, and a client that connects gets what was accepted last in its place.
 */
export interface IsolationOptions {
  /** The number of nodes that reject it, at least. Infinity: each client judges for itself. Default: 3. */
  readonly minNodes?: number;
  /** The part of the nodes that have judged it which has to be exceeded, from 0 to 1. Default: 0.5. */
  readonly share?: number;
}

/** The options of a server with their defaults, but those of its cache, callbacks and log. */
export interface Settings {
  readonly api: ApiTable;
  readonly limits: StreamLimits;
  readonly admission: AdmissionLimits;
  readonly headers: HeaderLimits;
  readonly ready: PromiseLike<unknown> | undefined;
  readonly legacyWildcard: ReadonlySet<string> | undefined;
  readonly holdBackMs: number;
  /** Undefined: nothing is isolated. */
  readonly quorum: Quorum | undefined;
  readonly identifier: string;
  readonly maxRequestBytes: number;
  readonly requestTimeoutMs: number;
  readonly firstRequestTimeoutMs: number;
  readonly fetchWaitMs: number;
  readonly longPollMs: number;
  readonly types: MessageTypes | undefined;
  readonly stallTimeoutMs: number;
  readonly maxUnsentBytes: number;
  readonly maxHeldBytes: number;
  readonly authorize: Authorize | undefined;
  readonly reauthorizeMs: number;
  readonly authorizeTimeoutMs: number;
  readonly health: boolean;
  readonly reflection: boolean;
  readonly maxPendingDecisions: number;
}

/** Fills in the defaults of options. */
export function settingsOf(options: DiscoveryServerOptions): Settings {
  return {
    api: options.api ?? v3,
    limits: streamLimits(options),
    admission: admissionLimits(options),
    headers: headerLimits(options),
    ready: options.ready,
    legacyWildcard: options.legacyWildcard,
    holdBackMs: options.holdBackMs ?? 15_000,
    quorum: quorumOf(options.isolate ?? true),
    identifier: options.identifier ?? "",
    maxRequestBytes: options.maxRequestBytes ?? DEFAULT_MAX_REQUEST_BYTES,
    requestTimeoutMs: options.requestTimeoutMs ?? 10_000,
    firstRequestTimeoutMs: options.firstRequestTimeoutMs ?? 30_000,
    fetchWaitMs: options.fetchWaitMs ?? 500,
    longPollMs: options.longPollMs ?? 0,
    types: options.types,
    stallTimeoutMs: options.stallTimeoutMs ?? 60_000,
    maxUnsentBytes: options.maxUnsentBytes ?? 256 * 1024 * 1024,
    maxHeldBytes: options.maxHeldBytes ?? 512 * 1024 * 1024,
    authorize: options.authorize,
    reauthorizeMs: options.reauthorizeMs ?? 300_000,
    authorizeTimeoutMs: options.authorizeTimeoutMs ?? 5_000,
    health: options.health ?? false,
    reflection: options.reflection ?? false,
    maxPendingDecisions: options.maxPendingDecisions ?? 100,
  };
}

function quorumOf(isolate: boolean | IsolationOptions): Quorum | undefined {
  if (isolate === false) return undefined;
  return { minNodes: 3, share: 0.5, ...isolate === true ? {} : isolate };
}

function streamLimits(options: DiscoveryServerOptions): StreamLimits {
  const limits: Record<string, number> = { ...DEFAULT_STREAM_LIMITS };
  for (const name of Object.keys(DEFAULT_STREAM_LIMITS) as (keyof StreamLimits)[]) {
    const limit = options[name];
    if (limit !== undefined) limits[name] = limit;
  }
  return limits as unknown as StreamLimits;
}
