import type { DescMethod } from "@bufbuild/protobuf";
import {
  type ContentTypeMatcher,
  contentTypeMatcher,
  type UniversalHandler,
  type UniversalServerRequest,
  type UniversalServerResponse,
  uResponseMethodNotAllowed,
  uResponseUnsupportedMediaType,
  uResponseVersionNotSupported,
} from "@connectrpc/connect/protocol";
import type { ApiTable, ServiceRow } from "../../resource/mod.ts";
import type { Variant } from "../../stream/mod.ts";

/** A request for a discovery stream, checked. */
export interface StreamRequest extends UniversalServerRequest {
  readonly body: AsyncIterable<Uint8Array>;
}

/** Opens a stream. Does not throw. */
export type OpenStream = (request: StreamRequest, route: StreamRoute) => UniversalServerResponse;

/** What a streaming method serves. */
export interface StreamRoute {
  readonly variant: Variant;
  /** Undefined for ADS. */
  readonly typeUrl: string | undefined;
}

/**
 * Handlers for all streaming methods of an API. They are our own, and not made by the router from an implementation,
 * so that response bytes that many streams share reach the connection untouched.
 */
export function streamHandlers(api: ApiTable, open: OpenStream): UniversalHandler[] {
  return methodsOf(api).map(({ row, method, route }) => streamHandler(row, method, route, open));
}

/** The streaming methods of an API by their paths. */
export function streamRoutes(api: ApiTable): ReadonlyMap<string, StreamRoute> {
  return new Map(methodsOf(api).map(({ row, method, route }) => [pathOf(row, method), route]));
}

function methodsOf(api: ApiTable): { row: ServiceRow; method: DescMethod; route: StreamRoute }[] {
  return api.services.flatMap((row) =>
    row.service.methods.flatMap((method) => {
      const variant = variantOf(method);
      return variant === undefined ? [] : [{ row, method, route: { variant, typeUrl: row.typeUrl } }];
    })
  );
}

function pathOf({ service }: ServiceRow, { name }: DescMethod): string {
  return `/${service.typeName}/${name}`;
}

function streamHandler(row: ServiceRow, method: DescMethod, route: StreamRoute, open: OpenStream): UniversalHandler {
  // deno-lint-ignore require-await
  async function handle(request: UniversalServerRequest): Promise<UniversalServerResponse> {
    if (request.httpVersion.startsWith("1.")) return uResponseVersionNotSupported;
    if (request.method !== "POST") return uResponseMethodNotAllowed;
    const contentType = request.header.get("content-type") ?? "";
    if (!supportedContentType(contentType) || !hasByteBody(request)) return uResponseUnsupportedMediaType;
    return open(request, route);
  }
  return Object.assign(handle, {
    service: row.service,
    method,
    requestPath: pathOf(row, method),
    protocolNames: ["grpc"],
    allowedMethods: ["POST"],
    supportedContentType,
  });
}

/** Whether a body of this type is one of gRPC, with messages of protobuf. */
export const supportedContentType: ContentTypeMatcher = contentTypeMatcher(
  /^application\/grpc(?:\+proto)?(?:\s*;.*)?$/i,
);

function variantOf(method: DescMethod): Variant | undefined {
  if (method.methodKind !== "bidi_streaming") return undefined;
  if (method.input.typeName.endsWith("DeltaDiscoveryRequest")) return "delta";
  return method.input.typeName.endsWith("DiscoveryRequest") ? "sotw" : undefined;
}

function hasByteBody(request: UniversalServerRequest): request is StreamRequest {
  const { body } = request;
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}
