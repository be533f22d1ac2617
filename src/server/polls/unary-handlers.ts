import type { DescMethod, DescMethodUnary, DescService, MessageInitShape } from "@bufbuild/protobuf";
import {
  Code,
  ConnectError,
  type ConnectRouter,
  type ConnectRouterOptions,
  type HandlerContext,
} from "@connectrpc/connect";
import {
  type UniversalHandler,
  type UniversalServerRequest,
  type UniversalServerResponse,
  uResponseUnsupportedMediaType,
} from "@connectrpc/connect/protocol";
import {
  type DiscoveryRequest,
  type DiscoveryRequestSchema,
  type DiscoveryResponseSchema,
} from "../../../gen/envoy/service/discovery/v3/discovery_pb.ts";
import { type ApiTable, encode } from "../../resource/mod.ts";
import { ProtocolError, type StreamLimits } from "../../stream/mod.ts";
import { clientError } from "../client-error.ts";
import { clientOf } from "../identity/client-origin.ts";
import { excessOf, type HeaderLimits, sizeOfHeaders } from "../limits/header-limits.ts";
import { supportedContentType } from "../streams/methods.ts";
import type { SendBudget } from "../streams/send-budget.ts";
import { bufferedHandler, DECODING } from "./buffered-handler.ts";
import { ClientDisconnected } from "./client-disconnected.ts";
import { type ByteRequest, notModified, serveGrpc } from "./grpc-handler.ts";
import type { GrpcResponses } from "./grpc-response.ts";
import { type FetchInfo, heldBytesOf } from "./poll-request.ts";
import type { Poller } from "./poller.ts";
import type { Refusals } from "./refusals.ts";
import type { BodyLimits } from "./request-body.ts";
import { JsonError, type ResourceJson } from "./resource-json.ts";
import { RESERVATION } from "./reservation.ts";

/** What the unary methods need. */
export interface UnaryOptions {
  readonly api: ApiTable;
  readonly poller: Poller;
  readonly json: ResourceJson;
  readonly responses: GrpcResponses;
  readonly budget: SendBudget;
  readonly identifier: string;
  readonly limits: StreamLimits;
  readonly body: BodyLimits;
  readonly headers: HeaderLimits;
  readonly refusals: Refusals;
}

/**
 * Adds the unary methods of an API, such as `FetchClusters`, to a router, in the protocols that it speaks. They respond
 * as REST does. To a client that is up to date they respond with failed_precondition, since an empty response would
 * remove all its resources. gRPC is served without Connect, whose reader of frames allocates what a prefix claims, and
 * takes a time that is quadratic in the number of chunks.
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
    binaryOptions: { readUnknownFields: false }, // two bytes of them can become an object
    jsonOptions: { registry: json.registry, ignoreUnknownFields: true },
  };
  router.rpc(method, handle, routerOptions);
  const byConnect = router.handlers.pop()!;
  const buffered = bufferedHandler(byConnect, options);
  const grpc = { ...options, node: options.api.node, typeUrl, path: pathOf(method) };
  async function serve(request: UniversalServerRequest): Promise<UniversalServerResponse> {
    const contentType = request.header.get("content-type") ?? "";
    // Connect remembers those that it has seen.
    if (contentType.length > MAX_CONTENT_TYPE_LENGTH) return uResponseUnsupportedMediaType;
    if (!hasByteBody(request) || request.method !== "POST") return await byConnect(request);
    if (routerOptions.grpc && supportedContentType(contentType)) return await serveGrpc(request, grpc);
    return await buffered(request);
  }
  router.handlers.push(like(byConnect, serve));
}

async function respond(
  request: DiscoveryRequest,
  context: HandlerContext,
  typeUrl: string,
  { api, poller, json, identifier, limits, headers, refusals }: UnaryOptions,
): Promise<MessageInitShape<typeof DiscoveryResponseSchema>> {
  const decoding = context.values.get(DECODING);
  if (decoding !== undefined) decoding.isDone = true;
  const { versionInfo, resourceNames, resourceLocators, node } = request;
  if (node !== undefined) node.extensions = [];
  const names = [...resourceNames, ...resourceLocators.map(({ name }) => name)];
  const origin = {
    protocol: context.protocolName as FetchInfo["protocol"],
    typeUrl,
    client: clientOf({ header: context.requestHeader, contextValues: context.values }, pathOf(context.method)),
    signal: context.signal,
  };
  const isJson = /json/i.test(context.requestHeader.get("content-type") ?? "");
  try {
    const excess = excessOf(sizeOfHeaders(context.requestHeader), headers);
    if (excess !== undefined) throw excess;
    const nodeBytes = node === undefined ? 0 : encode(api.node, node).length;
    if (nodeBytes > limits.maxNodeBytes) {
      throw new ProtocolError("resource_exhausted", `a node may have at most ${limits.maxNodeBytes} bytes`, {
        limit: "maxNodeBytes",
      });
    }
    const heldBytes = heldBytesOf({ nodeBytes, names, versionInfo });
    const query = { versionInfo, names, node, typeUrl: request.typeUrl, heldBytes };
    const response = await poller.poll(query, origin, async ({ version, resources }) => {
      context.values.get(RESERVATION)?.take(resources.reduce((sum, { bytes }) => sum + bytes.length, ENVELOPE_BYTES));
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
    refusals.note(error);
    if (error instanceof ClientDisconnected) throw new ConnectError(error.message, Code.Aborted);
    throw error instanceof JsonError ? new ConnectError(error.message, Code.Internal) : clientError(error);
  }
  throw notModified();
}

function pathOf({ parent, name }: DescMethod): string {
  return `/${parent.typeName}/${name}`;
}

/** About the size of a response without resources. */
const ENVELOPE_BYTES = 200;

/** Longer than any content type of gRPC or Connect with its parameters. */
const MAX_CONTENT_TYPE_LENGTH = 128;

function hasByteBody(request: UniversalServerRequest): request is ByteRequest {
  const { body } = request;
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}

/** A function with the properties of a handler. */
function like(
  handler: UniversalHandler,
  serve: (request: UniversalServerRequest) => Promise<UniversalServerResponse>,
): UniversalHandler {
  return Object.assign(serve, {
    service: handler.service,
    method: handler.method,
    requestPath: handler.requestPath,
    protocolNames: handler.protocolNames,
    allowedMethods: handler.allowedMethods,
    supportedContentType: handler.supportedContentType,
  });
}
