import { Code, ConnectError } from "@connectrpc/connect";
import type { UniversalHandler, UniversalServerResponse } from "@connectrpc/connect/protocol";
import type { Cache } from "../../cache/mod.ts";
import {
  DiscoveryStream,
  type HeldBytes,
  ResponseFactory,
  type StreamInfo,
  type SubscriptionStatus,
} from "../../stream/mod.ts";
import type { DiscoveryCallbacks } from "../callbacks.ts";
import { clientError, isForClient } from "../client-error.ts";
import { endOverTime } from "../drain.ts";
import type { ServerLog } from "../log.ts";
import type { Settings } from "../options.ts";
import { readableError } from "../readable-error.ts";
import type { Authorizer } from "../identity/authorizer.ts";
import { clientOf } from "../identity/client-origin.ts";
import { forEach } from "../identity/for-each.ts";
import { GrpcStream } from "./grpc-stream.ts";
import { streamHandlers, type StreamMethod, streamMethods, type StreamRequest } from "./methods.ts";
import { RouterTransport } from "./router-transport.ts";
import type { SendBudget } from "./send-budget.ts";
import type { IncomingStream, OpenStream } from "./transport.ts";

/** A stream with the state of its subscriptions. */
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
  readonly callbacks: DiscoveryCallbacks;
  readonly log: ServerLog;
  readonly authorizer: Authorizer;
}

/** The gRPC streams of a server. */
export class Streams {
  readonly #options: StreamsOptions;
  readonly #responses: ResponseFactory;
  readonly #methods: ReadonlyMap<string, StreamMethod>;
  /** Oldest first. */
  readonly #open = new Map<DiscoveryStream, GrpcStream>();
  #lastId = 0;
  #closed = false;

  constructor(options: StreamsOptions) {
    const { api, identifier } = options.settings;
    this.#options = options;
    this.#responses = new ResponseFactory({ identifier });
    this.#methods = streamMethods(api);
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
    return [...this.#open.keys()].map((stream) => stream.info);
  }

  status(): StreamStatus[] {
    const now = performance.now();
    return [...this.#open.keys()].map((stream) => ({ ...stream.info, state: stream.status(now) }));
  }

  /** Ends the streams that are open now, over a time in milliseconds. */
  drain(overMs: number): Promise<void> {
    return endOverTime([...this.#open.values()], (stream) => stream.end(unavailable()), {
      overMs,
      isNeeded: () => this.#open.size > 0,
    });
  }

  /** Decides on the access of all streams again. */
  reauthorize(): Promise<void> {
    return forEach([...this.#open.values()], (stream) => stream.recheck());
  }

  /** Ends all streams at once, and each that is opened later. */
  close(): void {
    this.#closed = true;
    for (const stream of [...this.#open.values()]) stream.end(unavailable());
  }

  #serve(request: StreamRequest, method: StreamMethod): UniversalServerResponse {
    const transport = new RouterTransport(request);
    const timeout = request.header.get("grpc-timeout");
    const stream = this.#openStream(method, { transport, timeout, client: clientOf(request, method.path) });
    if (!stream.ended) transport.start(stream);
    return transport.response;
  }

  #openStream(method: StreamMethod, { transport, timeout, client }: IncomingStream): GrpcStream {
    const { settings, cache, budget, held, callbacks, log, authorizer } = this.#options;
    const { api, limits, holdBackMs, legacyWildcard } = settings;
    const grpc = new GrpcStream({
      transport,
      timeout,
      budget,
      settings,
      onEnd: (reason) => this.#ended(stream, reason),
      onLateError: (error) => this.#report(error, stream),
    });
    const { peer, certificate } = client;
    const stream: DiscoveryStream = new DiscoveryStream({
      variant: method.variant,
      typeUrl: method.typeUrl,
      peer,
      certificate,
      id: ++this.#lastId,
      api,
      cache,
      responses: this.#responses,
      callbacks,
      limits,
      held,
      holdBackMs,
      legacyWildcard,
      wake: () => grpc.wake(),
      onFault: (error) => grpc.end(readableError(error)),
      trace: log.traceOf(() => stream.info),
    });
    this.#open.set(stream, grpc);
    log.opened(stream.info);
    try {
      callbacks.onStreamOpen?.(stream.info);
      const recheckMs = settings.authorize === undefined ? Infinity : settings.reauthorizeMs;
      const gate = authorizer.isNeededFor(client) ? { stream, authorizer, client, recheckMs, held } : undefined;
      grpc.start(stream, gate);
      if (this.#closed) grpc.end(unavailable());
    } catch (error) {
      grpc.end(readableError(error));
    }
    return grpc;
  }

  #ended(stream: DiscoveryStream, reason: unknown): void {
    const { callbacks, log } = this.#options;
    const error = reason === undefined ? undefined : clientError(reason);
    this.#open.delete(stream);
    this.#report(reason, stream);
    log.closed(stream.info, error);
    callbacks.onStreamClose?.(stream.info, error);
  }

  /** @param error - what the client is at fault of, or undefined, is not reported */
  #report(error: unknown, { info }: DiscoveryStream): void {
    if (error !== undefined && !isForClient(error)) this.#options.callbacks.onError?.(error, info);
  }
}

function unavailable(): ConnectError {
  return new ConnectError("Server is shutting down", Code.Unavailable);
}
