import { createContextValues } from "@connectrpc/connect";
import { type DiscoveryServer, PEER } from "../server/mod.ts";
import { createAdapter } from "./request-adapter.ts";
import { createAuthorityCheck } from "./authority.ts";
import type { NodeServerRequest, NodeServerResponse } from "./http-types.ts";
import { peerOf } from "./peer-of.ts";
import { BAD_AUTHORITY, FAULT, refuse, UNKNOWN_PATH } from "./refusal.ts";
import { createRestExchange } from "./rest-exchange.ts";

/**
 * Handles the requests of a server of `node:http` or `node:https`. Its type says of these no more than it must, so that
 * it can be used where there are no types of Node.
 */
export type RestListener = (
  request: { readonly url?: string | undefined; readonly headers: object },
  response: { writeHead(status: number): unknown; end(): unknown },
) => void;

/**
 * The listener for clients that speak HTTP/1.1: `createServer(restListener(server))` of `node:http` or `node:https`.
 * It serves REST, and unary `Fetch` by the Connect protocol. Clients that speak HTTP/2 find REST where `listen()` serves
 * gRPC. Nothing that a client sends makes it throw.
 */
export function restListener(server: DiscoveryServer): RestListener {
  const handle = createAdapter(server, {
    protocol: "connect",
    contextValues: (request) => createContextValues().set(PEER, peerOf(request)),
    fallback: (request, response) => refuse(request, response, UNKNOWN_PATH),
    onFailure: refuseAfterFault,
  });
  const exchangeRest = createRestExchange(server);
  const isAuthority = createAuthorityCheck();
  function listener(request: NodeServerRequest, response: NodeServerResponse): void {
    request.on("error", ignore);
    response.on("error", ignore);
    response.once("finish", () => closeUnlessRead(request));
    try {
      if (!isAuthority(request.headers.host)) refuse(request, response, BAD_AUTHORITY);
      else if (!exchangeRest(request, response)) handle(request, response);
    } catch {
      refuseAfterFault(request, response);
    }
  }
  return (request, response) => listener(request as NodeServerRequest, response as NodeServerResponse);
}

/** Nobody waits for the rest of a request that has its answer already. */
function closeUnlessRead(request: NodeServerRequest): void {
  if (!request.complete) setTimeout(() => request.complete || request.socket.destroy(), LINGER_MS).unref();
}

/** Long enough for a client to read the answer. */
const LINGER_MS = 1000;

function refuseAfterFault(request: NodeServerRequest, response: NodeServerResponse): void {
  try {
    if (response.headersSent) request.socket.destroy();
    else refuse(request, response, FAULT);
  } catch {
    // The connection is gone already.
  }
}

function ignore(): void {}
