import { createConnectRouter } from "@connectrpc/connect";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import type { DiscoveryServer } from "../server/mod.ts";
import { connectNode } from "./connect-adapter.ts";
import { clientContext } from "./client-context.ts";
import type { NodeServerRequest, NodeServerResponse } from "./http-types.ts";
import { RequestBody } from "./request-body.ts";
import { restAdapter } from "./rest-adapter.ts";

/** Serves a request of Node. Throws or rejects if the request cannot be read, a handler fails, or the client disconnects. */
export type RequestAdapter = (request: NodeServerRequest, response: NodeServerResponse) => Promise<void>;

/**
 * Adapts the routes of a discovery server to Node's requests, by their paths.
 *
 * Connect's own adapter prints each response that cannot be written to the console, with its stack, so that clients
 * which come and go would fill the log. Here the stream ends and `onStreamClose` gets the reason.
 *
 * @param options.protocol - the protocol of unary methods
 */
export function createRequestAdapters(
  server: DiscoveryServer,
  { protocol }: { readonly protocol: "grpc" | "connect" },
): ReadonlyMap<string, RequestAdapter> {
  const router = createConnectRouter({
    grpc: protocol === "grpc",
    connect: protocol === "connect",
    grpcWeb: false,
    acceptCompression: [],
  });
  server.routes(router);
  return new Map(router.handlers.map((handler) => {
    const isRest = handler.protocolNames.includes("rest");
    return [handler.requestPath, isRest ? restAdapter(handler) : connectAdapter(handler)];
  }));
}

function connectAdapter(handler: UniversalHandler): RequestAdapter {
  return async function adapt(request, response) {
    const { universalRequestFromNodeRequest, universalResponseToNodeResponse } = await connectNode();
    const call = universalRequestFromNodeRequest(request, response, undefined, clientContext(request, response));
    const result = await handler({ ...call, body: new RequestBody(request) });
    // Connect's adapter waits for the client, also for one that has disconnected.
    response.once("close", () => void release(result.body));
    await universalResponseToNodeResponse(result, response);
  };
}

function release(body: AsyncIterable<Uint8Array> | undefined): void {
  if (body !== undefined && "return" in body) void (body as AsyncIterableIterator<Uint8Array>).return?.();
}
