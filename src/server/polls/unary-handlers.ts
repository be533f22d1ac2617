import type { DescMethod, DescMethodUnary, DescService, MessageInitShape } from "@bufbuild/protobuf";
import {
  Code,
  ConnectError,
  type ConnectRouter,
  type ConnectRouterOptions,
  type HandlerContext,
} from "@connectrpc/connect";
import type { UniversalHandler, UniversalServerRequest } from "@connectrpc/connect/protocol";
import {
  type DiscoveryRequest,
  type DiscoveryRequestSchema,
  type DiscoveryResponseSchema,
} from "../../../gen/envoy/service/discovery/v3/discovery_pb.ts";
import type { ApiTable } from "../../resource/mod.ts";
import { ClientDisconnected } from "./client-disconnected.ts";
import type { FetchInfo } from "./poll-request.ts";
import type { Poller } from "./poller.ts";
import { clientError } from "../client-error.ts";
import { PEER } from "../peer.ts";
import { type BodyLimits, timeLimited } from "./request-body.ts";
import { JsonError, type ResourceJson } from "./resource-json.ts";

/** What the unary methods need. */
export interface UnaryOptions {
  readonly api: ApiTable;
  readonly poller: Poller;
  readonly json: ResourceJson;
  readonly identifier: string;
  readonly body: BodyLimits;
}

/**
 * Adds the unary methods of an API, such as `FetchClusters`, to a router, in the protocols that it speaks. They respond
 * as REST does. To a client that is up to date they respond with failed_precondition, since an empty response would
 * remove all its resources.
 */
export function addUnaryHandlers(router: ConnectRouter, options: UnaryOptions): void {
  for (const { service, typeUrl } of options.api.services) {
    if (typeUrl === undefined) continue;
    for (const method of service.methods) {
      if (isFetch(method)) addHandler(router, { method, typeUrl }, options);
    }
  }
}

type FetchMethod = DescMethodUnary<typeof DiscoveryRequestSchema, typeof DiscoveryResponseSchema>;

interface Route {
  readonly method: FetchMethod;
  readonly typeUrl: string;
}

function isFetch(method: DescMethod): method is FetchMethod & { readonly parent: DescService } {
  return method.methodKind === "unary" && method.input.typeName.endsWith(".DiscoveryRequest");
}

function addHandler(router: ConnectRouter, { method, typeUrl }: Route, options: UnaryOptions): void {
  const { json, body } = options;
  const handle = (request: DiscoveryRequest, context: HandlerContext) => respond(request, context, typeUrl, options);
  // With options of its own a method is served in all protocols, unless they say otherwise. The protocols that the router
  // speaks can only be read from a handler that it made.
  router.rpc(method, handle);
  const { protocolNames } = router.handlers.pop()!;
  const routerOptions: ConnectRouterOptions = {
    grpc: protocolNames.includes("grpc"),
    grpcWeb: protocolNames.includes("grpc-web"),
    connect: protocolNames.includes("connect"),
    readMaxBytes: body.maxBytes,
    jsonOptions: { registry: json.registry, ignoreUnknownFields: true },
  };
  router.rpc(method, handle, routerOptions);
  router.handlers.push(withTimeLimit(router.handlers.pop()!, body));
}

async function respond(
  request: DiscoveryRequest,
  context: HandlerContext,
  typeUrl: string,
  { poller, json, identifier }: UnaryOptions,
): Promise<MessageInitShape<typeof DiscoveryResponseSchema>> {
  const { versionInfo, resourceNames, resourceLocators, node } = request;
  if (node !== undefined) node.extensions = [];
  const names = [...resourceNames, ...resourceLocators.map(({ name }) => name)];
  const origin = {
    protocol: context.protocolName as FetchInfo["protocol"],
    typeUrl,
    peer: context.values.get(PEER),
    signal: context.signal,
  };
  const isJson = /json/i.test(context.requestHeader.get("content-type") ?? "");
  try {
    const query = { versionInfo, names, node, typeUrl: request.typeUrl };
    const response = await poller.poll(query, origin, async ({ version, resources }) => {
      if (isJson) await json.textsOf(resources); // finds the types of packed messages, which the JSON format needs
      return {
        versionInfo: version,
        typeUrl,
        resources: resources.map((resource) => ({ typeUrl: resource.typeUrl, value: resource.bytes })),
        ...identifier !== "" && { controlPlane: { identifier } },
      };
    });
    if (response !== undefined) return response;
  } catch (error) {
    if (error instanceof ClientDisconnected) throw new ConnectError(error.message, Code.Aborted);
    throw error instanceof JsonError ? new ConnectError(error.message, Code.Internal) : clientError(error);
  }
  throw new ConnectError("Not modified: no change since version_info", Code.FailedPrecondition);
}

function withTimeLimit(handler: UniversalHandler, { timeoutMs }: BodyLimits): UniversalHandler {
  const limited = (request: UniversalServerRequest) => {
    const { body } = request;
    if (typeof body !== "object" || body === null || !(Symbol.asyncIterator in body)) return handler(request);
    return handler({ ...request, body: timeLimited(body as AsyncIterable<Uint8Array>, timeoutMs) });
  };
  return Object.assign(limited, {
    service: handler.service,
    method: handler.method,
    requestPath: handler.requestPath,
    protocolNames: handler.protocolNames,
    allowedMethods: handler.allowedMethods,
    supportedContentType: handler.supportedContentType,
  });
}
