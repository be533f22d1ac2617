import type { DescMethod } from "@bufbuild/protobuf";
import {
  type ContentTypeMatcher,
  type UniversalHandler,
  type UniversalServerRequest,
  type UniversalServerResponse,
  uResponseMethodNotAllowed,
  uResponseUnsupportedMediaType,
  uResponseVersionNotSupported,
} from "@connectrpc/connect/protocol";
import type { ApiTable } from "../../resource/mod.ts";
import type { Variant } from "../../stream/mod.ts";
import { contentTypeMatcher } from "../content-type.ts";

/** A request for a discovery stream, checked. */
export interface StreamRequest extends UniversalServerRequest {
  readonly body: AsyncIterable<Uint8Array>;
}

/** Serves a stream. Does not throw. */
export type ServeStream = (request: StreamRequest, method: StreamMethod) => UniversalServerResponse;

/** What a streaming method serves. */
export interface StreamMethod {
  readonly variant: Variant;
  /** Undefined for ADS. */
  readonly typeUrl: string | undefined;
  readonly path: string;
}

/**
 * Handlers for all streaming methods of an API. They are our own, and not made by the router from an implementation,
 * so that response bytes that many streams share reach the connection untouched.
 */
export function streamHandlers(api: ApiTable, serve: ServeStream): UniversalHandler[] {
  return methodsOf(api).map((row) => streamHandler(row, serve));
}

/** The streaming methods of an API by their paths. */
export function streamMethods(api: ApiTable): ReadonlyMap<string, StreamMethod> {
  return new Map(methodsOf(api).map(({ path, serves }) => [path, serves]));
}

/** Whether a body of this type is one of gRPC, with messages of protobuf. */
export const supportedContentType: ContentTypeMatcher = contentTypeMatcher(
  /^application\/grpc(?:\+proto)?(?:\s*;.*)?$/i,
);

interface MethodRow {
  readonly method: DescMethod;
  readonly path: string;
  readonly serves: StreamMethod;
}

function methodsOf(api: ApiTable): MethodRow[] {
  return api.services.flatMap(({ service, typeUrl }) =>
    service.methods.flatMap((method) => {
      const variant = variantOf(method);
      if (variant === undefined) return [];
      const path = `/${service.typeName}/${method.name}`;
      const serves = { variant, typeUrl, path };
      return [{ method, path, serves }];
    })
  );
}

function streamHandler({ method, path, serves }: MethodRow, serve: ServeStream): UniversalHandler {
  return grpcHandler(method, path, (request) => serve(request, serves));
}

/** A handler of one method that speaks gRPC alone. */
export function grpcHandler(
  method: DescMethod,
  path: string,
  serve: (request: StreamRequest) => UniversalServerResponse,
): UniversalHandler {
  // deno-lint-ignore require-await
  async function handle(request: UniversalServerRequest): Promise<UniversalServerResponse> {
    if (request.httpVersion.startsWith("1.")) return uResponseVersionNotSupported;
    if (request.method !== "POST") return uResponseMethodNotAllowed;
    const contentType = request.header.get("content-type") ?? "";
    if (!supportedContentType(contentType) || !hasByteBody(request)) return uResponseUnsupportedMediaType;
    return serve(request);
  }
  return Object.assign(handle, {
    service: method.parent,
    method,
    requestPath: path,
    protocolNames: ["grpc"],
    allowedMethods: ["POST"],
    supportedContentType,
  });
}

function variantOf(method: DescMethod): Variant | undefined {
  if (method.methodKind !== "bidi_streaming") return undefined;
  if (method.input.typeName.endsWith("DeltaDiscoveryRequest")) return "delta";
  return method.input.typeName.endsWith("DiscoveryRequest") ? "sotw" : undefined;
}

function hasByteBody(request: UniversalServerRequest): request is StreamRequest {
  const { body } = request;
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}
