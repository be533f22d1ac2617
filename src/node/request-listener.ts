import { createContextValues } from "@connectrpc/connect";
import { type DiscoveryServer, PEER } from "../server/mod.ts";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { createAdapter } from "./adapter.ts";
import { createAuthorityCheck } from "./authority.ts";
import type { NodeServerRequest, NodeServerResponse } from "./http-types.ts";
import { peerOf } from "./peer-of.ts";
import { createRestExchange } from "./rest-exchange.ts";
import { BAD_AUTHORITY, FAULT, refuse, UNKNOWN_PATH } from "./refusal.ts";

/** Handles the requests of an HTTP/2 server. */
export type RequestListener = (request: Http2ServerRequest, response: Http2ServerResponse) => void;

/** The listener for a discovery server. Nothing that a client sends makes it throw. */
export function createRequestListener(server: DiscoveryServer): RequestListener {
  const handle = createAdapter(server, {
    protocol: "grpc",
    contextValues: (request) => createContextValues().set(PEER, peerOf(request)),
    fallback: (request, response) => refuse(request, response, UNKNOWN_PATH),
    onFailure: refuseAfterFault,
  });
  const exchangeRest = createRestExchange(server);
  const isAuthority = createAuthorityCheck();
  return function listener(request, response) {
    request.on("error", ignore);
    response.on("error", ignore);
    response.stream.once("finish", () => closeWhenSent(request));
    try {
      if (!isAuthority(request.authority)) refuse(request, response, BAD_AUTHORITY);
      else if (!exchangeRest(request, response)) handle(request, response);
    } catch {
      refuseAfterFault(request, response);
    }
  };
}

/** Resets the rest of a request whose response is complete: a client that sends on would hold the stream for ever. */
function closeWhenSent({ stream }: Http2ServerRequest): void {
  setTimeout(() => {
    if (!stream.closed && !stream.destroyed) stream.close(NO_ERROR);
  }, LINGER_MS).unref();
}

const NO_ERROR = 0;

/** Long enough for a client to close its half by itself. */
const LINGER_MS = 1000;

function refuseAfterFault(request: NodeServerRequest, response: NodeServerResponse): void {
  try {
    if (response.headersSent && "stream" in request) request.stream.close(INTERNAL_ERROR);
    else refuse(request, response, FAULT);
  } catch {
    // The stream is gone already.
  }
}

const INTERNAL_ERROR = 2;

function ignore(): void {}
