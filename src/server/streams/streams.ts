import type { UniversalHandler, UniversalServerResponse } from "@connectrpc/connect/protocol";
import type { Cache, WatchRequest } from "../../cache/mod.ts";
import {
  DiscoveryStream,
  FleetContent,
  type HeldBytes,
  ResponseFactory,
  type StreamInfo,
  type SubscriptionStatus,
} from "../../stream/mod.ts";
import { Admission, type Arrival, type StreamQueueStatus } from "../admission/admission.ts";
import type { Readiness } from "../admission/readiness.ts";
import type { GuardedCallbacks } from "../callbacks.ts";
import { clientError, isForClient } from "../client-error.ts";
import { explain, type ExplainedStream, type ExplainQuery, type Explanation } from "../diagnosis/explain.ts";
import type { Inspector } from "../diagnosis/inspector.ts";
import { ReportingCache } from "../diagnosis/reporting-cache.ts";
import { SourceFailures } from "../diagnosis/source-failures.ts";
import { endOverTime } from "../drain.ts";
import { excessOf, sizeOfHeaders } from "../limits/header-limits.ts";
import type { LimitCounter } from "../limits/limit-counts.ts";
import type { ServerLog } from "../log.ts";
import type { Settings } from "../options.ts";
import { readableError } from "../readable-error.ts";
import type { Authorizer } from "../identity/authorizer.ts";
import { clientOf } from "../identity/client-origin.ts";
import { forEach } from "../identity/for-each.ts";
import { rejectedBy, type RejectedContent } from "./rejected-by.ts";
import { GrpcStream } from "./grpc-stream.ts";
import { streamHandlers, type StreamMethod, streamMethods, type StreamRequest } from "./methods.ts";
import { RouterTransport } from "./router-transport.ts";
import type { SendBudget } from "./send-budget.ts";
import { shuttingDown } from "./stream-errors.ts";
import type { IncomingStream, OpenStream } from "./transport.ts";

/** A stream with the state of its subscriptions. Its node has no metadata: clients may have tokens there. */
export interface StreamStatus extends StreamInfo {
  /** One entry for each type that the client has requested. */
  readonly state: readonly SubscriptionStatus[];
}

/** What {@link Streams} are served with. */
export interface StreamsOptions {
  readonly settings: Settings;
  readonly cache: Cache;
  readonly budget: SendBudget;
  readonly held: HeldBytes;
  /** Guarded: only those throw that may refuse a stream. */
  readonly callbacks: GuardedCallbacks;
  readonly log: ServerLog;
  readonly inspector: Inspector;
  readonly authorizer: Authorizer;
  readonly readiness: Pick<Readiness, "isReady">;
  readonly counter: LimitCounter;
}

/** The gRPC streams of a server. */
export class Streams {
  readonly #options: StreamsOptions;
  readonly #responses: ResponseFactory;
  readonly #fleet: FleetContent | undefined;
  readonly #methods: ReadonlyMap<string, StreamMethod>;
  /** Oldest first. */
  readonly #open = new Map<GrpcStream, DiscoveryStream>();
  readonly #admission: Admission;
  readonly #inspector: Inspector;
  readonly #failures = new WeakMap<DiscoveryStream, SourceFailures>();
  #lastId = 0;
  #closed = false;

  constructor(options: StreamsOptions) {
    const { api, identifier, quorum } = options.settings;
    this.#options = options;
    this.#inspector = options.inspector;
    this.#responses = new ResponseFactory({ identifier });
    this.#fleet = quorum && new FleetContent(quorum);
    this.#methods = streamMethods(api);
    const { settings: { admission: limits }, readiness, counter } = options;
    this.#admission = new Admission({ limits, readiness, counter });
  }

  /** How streams of a method are opened, by its path; undefined where the path is not that of a streaming method. */
  accept(path: string): OpenStream | undefined {
    const method = this.#methods.get(path);
    return method && ((incoming) => this.#openStream(method, incoming));
  }

  /** Handlers of the streaming methods, for a router. */
  handlers(): UniversalHandler[] {
    return streamHandlers(this.#options.settings.api, (request, method) => this.#serve(request, method));
  }

  infos(): StreamInfo[] {
    return [...this.#open.values()].map((stream) => stream.info);
  }

  status(): StreamStatus[] {
    const now = performance.now();
    return [...this.#open.values()].map((stream) => ({ ...withoutMetadata(stream.info), state: stream.status(now) }));
  }

  /** Why something has not arrived at a client. */
  explain(query: ExplainQuery): Explanation {
    const { settings: { api }, cache, budget } = this.#options;
    const all = [...this.#open];
    const isAsked = ([, { info }]: (typeof all)[number]): boolean => info.node?.id === query.nodeId;
    const ids = all.flatMap(([, { info: { node } }]) => node?.id ?? []);
    const streams = all.filter(isAsked).map(([grpc, stream]): ExplainedStream => ({
      stream,
      failures: this.#failures.get(stream) ?? NO_FAILURES,
      unreadMs: budget.stalledMs(grpc),
      isPaused: budget.isSpent,
      isDeciding: grpc.isDeciding,
    }));
    return explain(query, { api, cache, streams, otherIds: new Set(ids), queued: this.queue.streams });
  }

  /** The content that clients reject, once for each group of clients. */
  rejected(): RejectedContent[] {
    return rejectedBy(this.#open.values());
  }

  /** Has content that is kept from clients tried again. @param names - default: all of the type */
  retry(typeUrl: string, names: readonly string[] | undefined): void {
    for (const stream of this.#open.values()) stream.isolation?.retry(typeUrl, names);
  }

  /** The streams that wait to be opened. */
  get queue(): StreamQueueStatus {
    return this.#admission.status;
  }

  /** The configuration is loaded. */
  ready(): void {
    this.#admission.wake();
  }

  /** Ends the streams that are open now, over a time in milliseconds, and those that wait at once. */
  drain(overMs: number): Promise<void> {
    this.#admission.refuseAll(shuttingDown());
    return endOverTime([...this.#open.keys()], (stream) => stream.end(shuttingDown()), {
      overMs,
      isNeeded: () => this.#open.size > 0,
    });
  }

  /** Decides on the access of all streams again. */
  reauthorize(): Promise<void> {
    return forEach([...this.#open.keys()], (stream) => stream.recheck());
  }

  /** Ends all streams at once, and each that is opened later. */
  close(): void {
    this.#closed = true;
    this.#admission.refuseAll(shuttingDown());
    for (const stream of [...this.#open.keys()]) stream.end(shuttingDown());
  }

  #serve(request: StreamRequest, method: StreamMethod): UniversalServerResponse {
    const transport = new RouterTransport(request);
    const timeout = request.header.get("grpc-timeout");
    const stream = this.#openStream(method, {
      transport,
      timeout,
      headerSize: sizeOfHeaders(request.header),
      client: clientOf(request, method.path),
    });
    if (!stream.ended) transport.start(stream);
    return transport.response;
  }

  #openStream(method: StreamMethod, incoming: IncomingStream): GrpcStream {
    const { settings, budget } = this.#options;
    const { transport, timeout, client } = incoming;
    let stream: DiscoveryStream | undefined;
    const arrival: Arrival = {
      address: hostOf(client.peer),
      since: 0,
      get bytes() {
        return BYTES_PER_STREAM + transport.unreadBytes;
      },
      wait: () => grpc.wait(),
      start: () => this.#start(grpc, stream = this.#streamOf(grpc, method, incoming), incoming),
      refuse: (reason) => grpc.refuse(reason),
    };
    const onEnd = (reason: unknown): void => this.#ended(grpc, arrival, reason);
    const onLateError = (error: unknown): void => this.#report(error, stream?.info);
    const grpc: GrpcStream = new GrpcStream({ transport, timeout, budget, settings, onEnd, onLateError });
    const excess = excessOf(incoming.headerSize, settings.headers);
    if (excess !== undefined) grpc.end(excess);
    else if (this.#closed) grpc.end(shuttingDown());
    else this.#admission.admit(arrival, this.#open.size);
    return grpc;
  }

  #streamOf(grpc: GrpcStream, method: StreamMethod, { client }: IncomingStream): DiscoveryStream {
    const { settings, cache, held, callbacks, log } = this.#options;
    const { api, limits, holdBackMs, legacyWildcard } = settings;
    const { peer, certificate } = client;
    const stream: DiscoveryStream = new DiscoveryStream({
      variant: method.variant,
      typeUrl: method.typeUrl,
      peer,
      certificate,
      id: ++this.#lastId,
      api,
      cache: new ReportingCache(cache, (error, request, isHandled) => {
        this.#sourceFailed(error, { ...request, stream, isHandled });
      }),
      responses: this.#responses,
      fleet: this.#fleet,
      callbacks,
      limits,
      held,
      holdBackMs,
      legacyWildcard,
      wake: () => grpc.wake(),
      onFault: (error) => grpc.end(readableError(error)),
      trace: log.traceOf(() => stream.info),
    });
    return stream;
  }

  #start(grpc: GrpcStream, stream: DiscoveryStream, { client }: IncomingStream): void {
    const { settings, held, callbacks, log, authorizer } = this.#options;
    this.#open.set(grpc, stream);
    this.#inspector.opened(stream);
    log.opened(stream.info);
    try {
      callbacks.onStreamOpen?.(stream.info);
      const recheckMs = settings.authorize === undefined ? Infinity : settings.reauthorizeMs;
      const gate = authorizer.isNeededFor(client) ? { stream, authorizer, client, recheckMs, held } : undefined;
      grpc.start(stream, gate);
      if (this.#closed) grpc.end(shuttingDown());
    } catch (error) {
      grpc.end(readableError(error));
    }
  }

  #ended(grpc: GrpcStream, arrival: Arrival, reason: unknown): void {
    const { callbacks, log, counter } = this.#options;
    counter.note(reason);
    const stream = this.#open.get(grpc);
    if (stream === undefined) this.#admission.remove(arrival);
    this.#open.delete(grpc);
    this.#report(reason, stream?.info);
    if (stream === undefined) return;
    this.#inspector.closed(stream);
    const error = reason === undefined ? undefined : clientError(reason);
    log.closed(stream.info, error);
    callbacks.onStreamClose?.(stream.info, error);
  }

  #sourceFailed(error: unknown, { node, type: typeUrl, stream, isHandled }: FailedWatch): void {
    let failures = this.#failures.get(stream);
    if (failures === undefined) this.#failures.set(stream, failures = new SourceFailures());
    failures.note(typeUrl, error);
    if (!isHandled) this.#options.callbacks.onSourceError(error, { stream: stream.info, node, typeUrl });
  }

  /** @param error - what the client is at fault of, or undefined, is not reported */
  #report(error: unknown, info: StreamInfo | undefined): void {
    if (error !== undefined && !isForClient(error)) this.#options.callbacks.onError?.(error, info);
  }
}

/** The watch whose source has thrown. */
interface FailedWatch extends WatchRequest {
  readonly stream: DiscoveryStream;
  readonly isHandled: boolean;
}

const NO_FAILURES = new SourceFailures();

/** What a stream that waits holds, beside the request that its client has sent: measured with Node 24. */
const BYTES_PER_STREAM = 10_000;

/** An address without its port. */
function hostOf(peer = ""): string {
  return peer.slice(0, Math.max(0, peer.lastIndexOf(":")));
}

function withoutMetadata(info: StreamInfo): StreamInfo {
  const { node } = info;
  if (node?.metadata === undefined) return info;
  const { metadata: _, ...shown } = node;
  return { ...info, node: shown };
}
