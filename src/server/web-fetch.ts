import { createConnectRouter } from "@connectrpc/connect";
import {
  type UniversalHandler,
  universalServerRequestFromFetch,
  universalServerResponseToFetch,
} from "@connectrpc/connect/protocol";
import { HttpError } from "./http-error.ts";
import { restHandlers, type RestOptions, textResponse } from "./rest-handlers.ts";
import { addUnaryHandlers, type UnaryOptions } from "./unary-handlers.ts";

/** Answers a request of the web's own kind. */
export type FetchHandler = (request: Request) => Promise<Response>;

/** Serves REST, and unary `Fetch` by the Connect protocol, which unlike gRPC needs no trailers. */
export function webFetch(rest: RestOptions, unary: UnaryOptions): FetchHandler {
  const router = createConnectRouter({ grpc: false, grpcWeb: false });
  addUnaryHandlers(router, unary);
  const handlers = new Map([...restHandlers(rest), ...router.handlers].map((each) => [each.requestPath, each]));
  return async function fetch(request) {
    const handler = handlers.get(new URL(request.url).pathname);
    if (handler === undefined) return universalServerResponseToFetch(textResponse(notFound()));
    return await answer(handler, request);
  };
}

function notFound(): HttpError {
  return new HttpError(404, "Cannot answer: there is no such path");
}

async function answer(handler: UniversalHandler, request: Request): Promise<Response> {
  const universal = universalServerRequestFromFetch(request, { httpVersion: "2" });
  try {
    return universalServerResponseToFetch(await handler(universal));
  } catch { // the client has gone
    return new Response(null, { status: 499 });
  } finally {
    // What was not read of the body, if anything, is not wanted any more.
    const chunks = (universal.body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    chunks.throw?.().catch(() => {});
  }
}
