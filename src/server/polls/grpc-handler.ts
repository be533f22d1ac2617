import type { DescMessage } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import type { UniversalServerRequest, UniversalServerResponse } from "@connectrpc/connect/protocol";
import { NodeIdentity, readRequest, type StreamLimits } from "../../stream/mod.ts";
import { clientError } from "../client-error.ts";
import { excessOf, type HeaderLimits, sizeOfHeaders } from "../limits/header-limits.ts";
import { exceeding, limitOf } from "../limits/limit-counts.ts";
import { clientOf } from "../identity/client-origin.ts";
import { RESET } from "../reset.ts";
import { FrameReader } from "../streams/frame-reader.ts";
import { statusTrailer } from "../streams/grpc-status.ts";
import { grpcTimeoutMs } from "../streams/grpc-timeout.ts";
import { ClientDisconnected } from "./client-disconnected.ts";
import type { GrpcResponses } from "./grpc-response.ts";
import { HttpError } from "./http-error.ts";
import { type DecodedPoll, heldBytesOf } from "./poll-request.ts";
import type { Poller } from "./poller.ts";
import type { Refusals } from "./refusals.ts";
import { type BodyLimits, readChunks } from "./request-body.ts";
import type { ResponseBody } from "./response-body.ts";

/** What {@link serveGrpc} needs. */
export interface GrpcOptions {
  /** The type of a node. */
  readonly node: DescMessage;
  /** The type of the service. */
  readonly typeUrl: string;
  /** The path of the method. */
  readonly path: string;
  readonly poller: Poller;
  readonly responses: GrpcResponses;
  readonly limits: StreamLimits;
  readonly body: BodyLimits;
  readonly headers: HeaderLimits;
  readonly refusals: Refusals;
}

/** A request with a body of bytes. */
export interface ByteRequest extends UniversalServerRequest {
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Serves a unary `Fetch` by gRPC. Its frames are read and written as those of streams are, under the same limits; a client
 * that is up to date gets failed_precondition.
 *
 * @throws ClientDisconnected
 */
export async function serveGrpc(request: ByteRequest, options: GrpcOptions): Promise<UniversalServerResponse> {
  const header = new Headers({ "content-type": request.header.get("content-type") ?? "application/grpc" });
  const timeout = startTimeout(request);
  try {
    const excess = excessOf(sizeOfHeaders(request.header), options.headers);
    if (excess !== undefined) throw excess;
    const body = await respond(request, timeout.signal, options);
    if (body === undefined) return { status: 200, header, trailer: statusTrailer(notModified()) };
    body.onStalled = request.contextValues?.get(RESET);
    return { status: 200, header, body, trailer: statusTrailer() };
  } catch (error) {
    if (error instanceof ClientDisconnected) throw error;
    options.refusals.note(error);
    return { status: 200, header, trailer: statusTrailer(clientError(error)) };
  } finally {
    timeout.clear();
  }
}

/** The error for a client that is up to date: an empty response would remove all its resources. */
export function notModified(): ConnectError {
  return new ConnectError("Not modified: no change since version_info", Code.FailedPrecondition);
}

/** An error of reading a body, as gRPC and Connect send it. */
export function bodyError(reason: unknown): unknown {
  if (!(reason instanceof HttpError)) return reason;
  const code = reason.status === 408 ? Code.DeadlineExceeded : Code.ResourceExhausted;
  return exceeding(limitOf(reason), new ConnectError(reason.message, code));
}

async function respond(
  request: ByteRequest,
  signal: AbortSignal,
  { node, typeUrl, path, poller, responses, limits, body }: GrpcOptions,
): Promise<ResponseBody | undefined> {
  const reader = new FrameReader(body.maxBytes);
  let poll: DecodedPoll | undefined;
  const take = (message: Uint8Array): void => {
    if (poll !== undefined) throw new ConnectError("Cannot read request: more than one message", Code.Unimplemented);
    poll = decode(message, { node, typeUrl, limits });
  };
  try {
    await readChunks(request.body, body, (chunk) => reader.push(chunk, take));
  } catch (error) {
    throw bodyError(error);
  }
  if (poll === undefined || reader.partial) {
    throw new ConnectError("Cannot read request: the body ended without a whole message", Code.InvalidArgument);
  }
  const origin = { protocol: "grpc", typeUrl, client: clientOf(request, path), signal } as const;
  return await poller.poll(poll, origin, (result) => responses.write(typeUrl, result));
}

function decode(
  message: Uint8Array,
  { node: schema, typeUrl, limits }: Pick<GrpcOptions, "node" | "typeUrl" | "limits">,
): DecodedPoll {
  const { versionInfo, names, node: bytes } = readRequest(message, { variant: "sotw", typeUrl, limits });
  const identity = new NodeIdentity(schema, limits);
  identity.update(bytes);
  const heldBytes = heldBytesOf({ nodeBytes: identity.bytes, names, versionInfo });
  return { versionInfo, names, typeUrl, node: identity.node, heldBytes };
}

/** Aborts when the client disconnects, or when its `grpc-timeout` has passed: one that a timer cannot hold is none. */
function startTimeout({ header, signal }: ByteRequest): { readonly signal: AbortSignal; clear(): void } {
  const timeoutMs = grpcTimeoutMs(header.get("grpc-timeout"));
  if (timeoutMs === undefined) return { signal, clear: () => {} };
  const controller = new AbortController();
  const onAbort = (): void => controller.abort(signal.reason);
  const timer = setTimeout(() => controller.abort(timedOut()), timeoutMs);
  signal.addEventListener("abort", onAbort);
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    },
  };
}

function timedOut(): ConnectError {
  return new ConnectError("Cannot respond: the grpc-timeout has passed", Code.DeadlineExceeded);
}
