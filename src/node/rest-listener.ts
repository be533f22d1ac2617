import { createContextValues } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type DiscoveryServer, PEER } from "../server/mod.ts";
import { createAuthorityCheck } from "./authority.ts";
import { peerOf } from "./peer-of.ts";
import { createRestExchange } from "./rest-exchange.ts";
import { BAD_AUTHORITY, FAULT, refuse, UNKNOWN_PATH } from "./refusal.ts";

/**
 * The listener for clients that speak HTTP/1.1: `createServer(restListener(server))` of `node:http` or `node:https`.
 * It serves REST, and unary `Fetch` by the Connect protocol. Clients that speak HTTP/2 find REST where `listen()` serves
 * gRPC. Nothing that a client sends makes it throw.
 */
export function restListener(server: DiscoveryServer): (request: IncomingMessage, response: ServerResponse) => void {
  const handle = connectNodeAdapter({
    routes: server.routes,
    grpc: false,
    grpcWeb: false,
    acceptCompression: [],
    contextValues: (request) => createContextValues().set(PEER, peerOf(request)),
    fallback: (request, response) => refuse(request, response, UNKNOWN_PATH),
  });
  const exchangeRest = createRestExchange(server);
  const isAuthority = createAuthorityCheck();
  return function listener(request, response) {
    request.on("error", ignore);
    response.on("error", ignore);
    response.once("finish", () => closeUnlessRead(request));
    try {
      if (!isAuthority(request.headers.host)) refuse(request, response, BAD_AUTHORITY);
      else if (!exchangeRest(request, response)) handle(request, response);
    } catch {
      if (response.headersSent) request.socket.destroy();
      else refuse(request, response, FAULT);
    }
  };
}

/** Nobody waits for the rest of a request that has its answer already. */
function closeUnlessRead(request: IncomingMessage): void {
  if (!request.complete) setTimeout(() => request.complete || request.socket.destroy(), LINGER_MS).unref();
}

/** Long enough for a client to read the answer. */
const LINGER_MS = 1000;

function ignore(): void {}
