import { Code, ConnectError, createContextKey, createContextValues } from "@connectrpc/connect";
import type { UniversalHandler, UniversalServerResponse } from "@connectrpc/connect/protocol";
import type { ContextKey } from "../connect-types.ts";
import { RESET } from "../reset.ts";
import type { SendBudget } from "../streams/send-budget.ts";
import { ClientDisconnected } from "./client-disconnected.ts";
import { bodyError, type ByteRequest } from "./grpc-handler.ts";
import { type BodyLimits, readBody } from "./request-body.ts";
import type { Refusals } from "./refusals.ts";
import { RESERVATION, Reservation } from "./reservation.ts";
import { ResponseBody } from "./response-body.ts";

/** What {@link bufferedHandler} needs. */
export interface BufferOptions {
  readonly body: BodyLimits;
  readonly budget: SendBudget;
  readonly refusals: Refusals;
}

/** Whether Connect could decode the request, as the implementation of the method notes. */
export const DECODING: ContextKey<{ isDone: boolean } | undefined> = createContextKey<{ isDone: boolean } | undefined>(
  undefined,
);

/**
 * Calls a unary handler of Connect with a body that has been read, under our own limits, and counts its response in the
 * budget of unread bytes. Connect itself allocates the length that a client claims, and takes a time that is quadratic in
 * the number of chunks.
 */
export function bufferedHandler(
  handler: UniversalHandler,
  { body: limits, budget, refusals }: BufferOptions,
): (request: ByteRequest) => Promise<UniversalServerResponse> {
  return async function handle(request) {
    const contentType = request.header.get("content-type") ?? "";
    if (!handler.supportedContentType(contentType)) return await handler(request);
    const bytes = await readAhead(request, { limits, refusals });
    const reservation = new Reservation(budget);
    const decoding = { isDone: false };
    const contextValues = (request.contextValues ?? createContextValues())
      .set(RESERVATION, reservation)
      .set(DECODING, decoding);
    const respondTo = (read: Uint8Array | ConnectError) => handler({ ...request, contextValues, body: once(read) });
    try {
      const first = await respondTo(bytes);
      // Connect takes bytes that are not of protobuf for a fault of the server.
      const isBad = !decoding.isDone && bytes instanceof Uint8Array && !/json/i.test(contentType);
      const response = isBad ? await respondTo(undecodable()) : first;
      const { body } = response;
      if (body === undefined) return response;
      const counted = new ResponseBody(await joined(body), budget);
      counted.onStalled = contextValues.get(RESET);
      return { ...response, body: counted };
    } finally {
      reservation.release();
    }
  };
}

/** The prefix of a message in gRPC-Web, and its flag of Connect. */
const PREFIX_BYTES = 5;

async function readAhead(
  { body }: ByteRequest,
  { limits: { maxBytes, timeoutMs }, refusals }: { readonly limits: BodyLimits; readonly refusals: Refusals },
): Promise<Uint8Array | ConnectError> {
  try {
    return await readBody(body, { maxBytes: maxBytes + PREFIX_BYTES, timeoutMs });
  } catch (error) {
    if (error instanceof ClientDisconnected) throw error;
    refusals.note(error);
    return ConnectError.from(bodyError(error));
  }
}

/** A body of one chunk, or the error that there is instead, for the handler to send it. */
async function* once(chunk: Uint8Array | ConnectError): AsyncIterable<Uint8Array> {
  if (chunk instanceof ConnectError) throw chunk;
  yield chunk;
}

function undecodable(): ConnectError {
  return new ConnectError("Cannot read request: it cannot be decoded", Code.InvalidArgument);
}

async function joined(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  if (chunks.length === 1) return chunks[0]!;
  const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
