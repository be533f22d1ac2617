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
import { ClientGone } from "./client-gone.ts";
import type { FetchInfo } from "./poll-request.ts";
import type { Fetcher } from "./poller.ts";
import { clientError } from "../client-error.ts";
import { PEER } from "../peer.ts";
import { type BodyLimits, timeLimited } from "./request-body.ts";
import { JsonError, type ResourceJson } from "./resource-json.ts";

/** What the unary methods need. */
export interface UnaryOptions {
  readonly api: ApiTable;
  readonly fetcher: Fetcher;
  readonly json: ResourceJson;
  readonly identifier: string;
  readonly body: BodyLimits;
}

/**
 * Adds the unary methods of an API, such as `FetchClusters`, to a router, in the protocols that it speaks. They do what
 * REST does; where there is nothing new they fail with failed_precondition, for an empty response would read as one
 * that says that everything is gone.
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
  const handle = (request: DiscoveryRequest, context: HandlerContext) => answer(request, context, typeUrl, options);
  // With options of its own a method is served in all protocols, unless they say otherwise. Which the router speaks is
  // to be seen only by what it makes.
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

async function answer(
  request: DiscoveryRequest,
  context: HandlerContext,
  typeUrl: string,
  { fetcher, json, identifier }: UnaryOptions,
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
    const response = await fetcher.answer(query, origin, async ({ version, resources }) => {
      if (isJson) await json.textsOf(resources); // so that the types of what is in them are known
      return {
        versionInfo: version,
        typeUrl,
        resources: resources.map((resource) => ({ typeUrl: resource.typeUrl, value: resource.bytes })),
        ...identifier !== "" && { controlPlane: { identifier } },
      };
    });
    if (response !== undefined) return response;
  } catch (error) {
    if (error instanceof ClientGone) throw new ConnectError(error.message, Code.Aborted);
    throw error instanceof JsonError ? new ConnectError(error.message, Code.Internal) : clientError(error);
  }
  throw new ConnectError("Not modified: there is nothing newer than version_info", Code.FailedPrecondition);
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
