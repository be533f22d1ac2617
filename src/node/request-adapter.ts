import { type ContextValues, createConnectRouter } from "@connectrpc/connect";
import { universalRequestFromNodeRequest, universalResponseToNodeResponse } from "@connectrpc/connect-node";
import type { DiscoveryServer } from "../server/mod.ts";
import type { NodeServerRequest, NodeServerResponse } from "./http-types.ts";

/** What is done with a request. */
export interface AdapterOptions {
  /** What unary methods are served by. */
  readonly protocol: "grpc" | "connect";
  readonly contextValues: (request: NodeServerRequest) => ContextValues;
  /** For paths that no service has. */
  readonly fallback: (request: NodeServerRequest, response: NodeServerResponse) => void;
  /** Called when a handler throws, or when a response cannot be written since the client is gone. */
  readonly onFailure: (request: NodeServerRequest, response: NodeServerResponse) => void;
}

/**
 * Serves the routes of a discovery server with Node's requests.
 *
 * Connect's own adapter prints each response that cannot be written to the console, with its stack, so that clients
 * which come and go would fill the log. Here the stream ends and `onStreamClose` tells why.
 */
export function createAdapter(
  server: DiscoveryServer,
  { protocol, contextValues, fallback, onFailure }: AdapterOptions,
): (request: NodeServerRequest, response: NodeServerResponse) => void {
  const router = createConnectRouter({
    grpc: protocol === "grpc",
    connect: protocol === "connect",
    grpcWeb: false,
    acceptCompression: [],
  });
  server.routes(router);
  const handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));
  return function handle(request, response) {
    const handler = handlers.get(request.url?.split("?", 1)[0] ?? "");
    if (handler === undefined) return fallback(request, response);
    // To parse the request is what may throw at once.
    const call = universalRequestFromNodeRequest(request, response, undefined, contextValues(request));
    handler(call).then((answer) => universalResponseToNodeResponse(answer, response)).catch(() => {
      onFailure(request, response);
    });
  };
}
