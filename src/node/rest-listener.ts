import type { IncomingMessage, ServerResponse } from "node:http";
import type { DiscoveryServer } from "../server/mod.ts";
import { createAuthorityCheck } from "./authority.ts";
import { createRequestHandler, type HttpVersion } from "./request-handler.ts";

/**
 * Handles the requests of a server of `node:http` or `node:https`. Its type demands no more of these than it must, so
 * that it can be used without the types of Node.
 */
export type RestListener = (
  request: { readonly url?: string | undefined; readonly headers: object },
  response: { writeHead(status: number): unknown; end(): unknown },
) => void;

/**
 * The listener for clients that speak HTTP/1.1: `createServer(restListener(server))` of `node:http` or `node:https`.
 * It serves REST, and unary `Fetch` by the Connect protocol. Clients that speak HTTP/2 find REST where `listen()` serves
 * gRPC. No request makes it throw.
 */
export function restListener(server: DiscoveryServer): RestListener {
  const handle = createRequestHandler(server, { isAuthority: createAuthorityCheck(), version: HTTP1 });
  return (request, response) => handle(request as IncomingMessage, response as ServerResponse<IncomingMessage>);
}

const HTTP1: HttpVersion<IncomingMessage, ServerResponse> = {
  protocol: "connect",
  authorityOf: (request) => request.headers.host,
  closeWhenSent: (request, response) => response.once("finish", () => closeUnlessRead(request)),
  abort: (request) => request.socket.destroy(),
};

/** The rest of a request whose response has been sent is not read. */
function closeUnlessRead(request: IncomingMessage): void {
  if (!request.complete) setTimeout(() => request.complete || request.socket.destroy(), LINGER_MS).unref();
}

/** Long enough for a client to read the response. */
const LINGER_MS = 1000;
