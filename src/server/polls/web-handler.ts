import { createConnectRouter } from "@connectrpc/connect";
import type { UniversalHandler, UniversalServerRequest, UniversalServerResponse } from "@connectrpc/connect/protocol";
import { HttpError } from "./http-error.ts";
import { ResponseBody } from "./response-body.ts";
import { restHandlers, type RestOptions, textResponse } from "./rest-handlers.ts";
import { addUnaryHandlers, type UnaryOptions } from "./unary-handlers.ts";

/** Handles a request of the `fetch` standard. */
export type WebHandler = (request: Request) => Promise<Response>;

/** Serves REST, and unary `Fetch` by the Connect protocol, which unlike gRPC needs no trailers. */
export function webHandler(rest: RestOptions, unary: UnaryOptions): WebHandler {
  const router = createConnectRouter({ grpc: false, grpcWeb: false });
  addUnaryHandlers(router, unary);
  const handlers = new Map([...restHandlers(rest), ...router.handlers].map((each) => [each.requestPath, each]));
  return async function fetch(request) {
    try {
      const handler = handlers.get(new URL(request.url).pathname);
      if (handler === undefined) return webResponse(textResponse(notFound(), rest.budget));
      return await respond(handler, request);
    } catch { // a body that was read already, or no request at all
      return webResponse(textResponse(new HttpError(500, "Internal error"), rest.budget));
    }
  };
}

function notFound(): HttpError {
  return new HttpError(404, "Cannot serve request: no such path");
}

async function respond(handler: UniversalHandler, request: Request): Promise<Response> {
  const { method, url, headers: header } = request;
  const body = bodyOf(request);
  const universal: UniversalServerRequest = {
    httpVersion: "2",
    method,
    url,
    header,
    body,
    get signal() {
      return request.signal;
    },
  };
  try {
    return webResponse(await handler(universal));
  } catch { // the client has disconnected
    return new Response(null, { status: 499 });
  } finally {
    body.cancel();
  }
}

function webResponse({ status, header, body }: UniversalServerResponse): Response {
  return new Response(body === undefined ? null : streamOf(body), { status, ...header && { headers: header } });
}

/** A stream that is read as its client reads, so that the progress shows. */
function streamOf(body: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  return new ReadableStream({
    start(controller) {
      if (body instanceof ResponseBody) body.onStalled = (error) => controller.error(error);
    },
    async pull(controller) {
      const chunk = await chunks.next();
      if (chunk.done === true) controller.close();
      else controller.enqueue(chunk.value);
    },
    async cancel() {
      await chunks.return?.();
    },
  });
}

/** A body that can be cancelled: the unread rest of it is not needed. */
interface RequestBody extends AsyncIterable<Uint8Array> {
  cancel(): void;
}

function bodyOf(request: Request): RequestBody {
  const reader = request.body?.getReader();
  return {
    [Symbol.asyncIterator]() {
      return {
        async next() {
          const chunk = await reader?.read();
          return chunk?.value === undefined ? { done: true, value: undefined } : { done: false, value: chunk.value };
        },
      };
    },
    cancel() {
      reader?.cancel().catch(() => {});
    },
  };
}
