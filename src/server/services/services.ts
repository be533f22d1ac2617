import type { DescMethod } from "@bufbuild/protobuf";
import type { UniversalHandler, UniversalServerResponse } from "@connectrpc/connect/protocol";
import { Health } from "../../../gen/grpc/health/v1/health_pb.ts";
import { type HeldBytes, ProtocolError } from "../../stream/mod.ts";
import type { DiscoveryCallbacks } from "../callbacks.ts";
import { isForClient } from "../client-error.ts";
import type { Authorizer } from "../identity/authorizer.ts";
import { clientOf } from "../identity/client-origin.ts";
import { forEach } from "../identity/for-each.ts";
import { excessOf, sizeOfHeaders } from "../limits/header-limits.ts";
import type { LimitCounter } from "../limits/limit-counts.ts";
import type { Settings } from "../options.ts";
import { readableError } from "../readable-error.ts";
import { GrpcStream } from "../streams/grpc-stream.ts";
import { grpcHandler, type StreamRequest } from "../streams/methods.ts";
import { RouterTransport } from "../streams/router-transport.ts";
import type { SendBudget } from "../streams/send-budget.ts";
import { shuttingDown } from "../streams/stream-errors.ts";
import type { IncomingStream, OpenStream } from "../streams/transport.ts";
import { Descriptors } from "./descriptors.ts";
import { healthMethods } from "./health.ts";
import type { HealthState } from "./health-state.ts";
import { REFLECTION_SERVICES, reflectionMethods } from "./reflection.ts";
import type { ServiceMethod } from "./service-call.ts";

/** What {@link Services} are served with. */
export interface ServicesOptions {
  readonly settings: Settings;
  readonly state: HealthState;
  readonly budget: SendBudget;
  readonly held: HeldBytes;
  /** Guarded. */
  readonly callbacks: DiscoveryCallbacks;
  readonly authorizer: Authorizer;
  readonly counter: LimitCounter;
}

/**
 * gRPC's standard services, where they are switched on. They are served by gRPC alone, in the framing and under the limits
 * of discovery streams.
 */
export class Services {
  readonly #options: ServicesOptions;
  readonly #methods: ReadonlyMap<string, ServiceMethod>;
  readonly #open = new Set<GrpcStream>();
  #closed = false;

  constructor(options: ServicesOptions) {
    this.#options = options;
    this.#methods = new Map(methodsOf(options).map((each) => [pathOf(each.method), each]));
  }

  /** How calls of a method are opened, by its path; undefined where the path is not that of such a method. */
  accept(path: string): OpenStream | undefined {
    const method = this.#methods.get(path);
    return method && ((incoming) => this.#openCall(method, incoming));
  }

  /** Handlers of the methods, for a router. */
  handlers(): UniversalHandler[] {
    return [...this.#methods].map(([path, method]) => {
      return grpcHandler(method.method, path, (request) => this.#serve(request, path, method));
    });
  }

  /** Decides on the access of all open calls again. */
  reauthorize(): Promise<void> {
    return forEach([...this.#open], (call) => call.recheck());
  }

  /** Ends the calls that are open now, after what they have to send at once. */
  end(): void {
    for (const call of [...this.#open]) {
      call.flush();
      call.end(shuttingDown());
    }
  }

  /** Ends all calls, and each that is opened later. */
  close(): void {
    this.#closed = true;
    this.end();
  }

  #serve(request: StreamRequest, path: string, method: ServiceMethod): UniversalServerResponse {
    const transport = new RouterTransport(request);
    const timeout = request.header.get("grpc-timeout");
    const headerSize = sizeOfHeaders(request.header);
    const call = this.#openCall(method, { transport, timeout, headerSize, client: clientOf(request, path) });
    if (!call.ended) transport.start(call);
    return transport.response;
  }

  #openCall({ open }: ServiceMethod, { transport, timeout, headerSize, client }: IncomingStream): GrpcStream {
    const { settings, budget, held, callbacks, authorizer } = this.#options;
    const grpc = new GrpcStream({
      transport,
      timeout,
      budget,
      settings,
      onEnd: (reason) => this.#ended(grpc, reason),
      onLateError: (error) => this.#report(error),
    });
    this.#open.add(grpc);
    const excess = excessOf(headerSize, settings.headers);
    if (excess !== undefined || this.#closed) {
      grpc.end(excess ?? shuttingDown());
      return grpc;
    }
    try {
      const call = open({
        maxNameLength: settings.limits.maxNameLength,
        wake: () => grpc.wake(),
        pause: () => grpc.pause(),
        resume: () => grpc.resume(),
        hold: (bytes) => hold(held, bytes),
        fault: (error) => callbacks.onError?.(error, undefined),
      });
      const recheckMs = settings.authorize === undefined ? Infinity : settings.reauthorizeMs;
      const gate = authorizer.isNeededFor(client) ? { stream: call, authorizer, client, recheckMs, held } : undefined;
      grpc.start(call, gate);
    } catch (error) {
      grpc.end(readableError(error));
    }
    return grpc;
  }

  #ended(grpc: GrpcStream, reason: unknown): void {
    this.#open.delete(grpc);
    this.#options.counter.note(reason);
    this.#report(reason);
  }

  /** @param error - what the client is at fault of, or undefined, is not reported */
  #report(error: unknown): void {
    if (error !== undefined && !isForClient(error)) this.#options.callbacks.onError?.(error, undefined);
  }
}

function methodsOf({ settings: { api, types, health, reflection }, state }: ServicesOptions): ServiceMethod[] {
  const served = api.services.map(({ service }) => service);
  const methods = health ? healthMethods(served, state) : [];
  if (!reflection) return methods;
  const services = [...served, ...health ? [Health] : [], ...REFLECTION_SERVICES];
  const find = (typeName: string) => types?.getMessage(typeName) ?? api.messages?.(typeName);
  return [...methods, ...reflectionMethods(new Descriptors({ services, find }))];
}

function pathOf({ parent, name }: DescMethod): string {
  return `/${parent.typeName}/${name}`;
}

function hold(held: HeldBytes, bytes: number): void {
  if (held.take(bytes)) return;
  throw new ProtocolError("resource_exhausted", `all clients together may hold at most ${held.max} bytes; try later`, {
    limit: "maxHeldBytes",
  });
}
