import { createContextValues } from "@connectrpc/connect";
import { type DiscoveryServer, PEER } from "../server/mod.ts";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { createAdapter } from "./request-adapter.ts";
import type { AuthorityCheck } from "./authority.ts";
import { closeWhenSent } from "./close-when-sent.ts";
import type { NodeServerRequest, NodeServerResponse } from "./http-types.ts";
import { peerOf } from "./peer-of.ts";
import { createRestExchange } from "./rest-exchange.ts";
import { BAD_AUTHORITY, FAULT, refuse, UNKNOWN_PATH } from "./refusal.ts";

/** Handles the requests of an HTTP/2 server. */
export type RequestListener = (request: Http2ServerRequest, response: Http2ServerResponse) => void;

/** The listener for what does not go by a direct stream. Nothing that a client sends makes it throw. */
export function createRequestListener(server: DiscoveryServer, isAuthority: AuthorityCheck): RequestListener {
  const handle = createAdapter(server, {
    protocol: "grpc",
    contextValues: (request) => createContextValues().set(PEER, peerOf(request)),
    fallback: (request, response) => refuse(request, response, UNKNOWN_PATH),
    onFailure: refuseAfterFault,
  });
  const exchangeRest = createRestExchange(server);
  return function listener(request, response) {
    request.on("error", ignore);
    response.on("error", ignore);
    closeWhenSent(response.stream);
    try {
      if (!isAuthority(request.authority)) refuse(request, response, BAD_AUTHORITY);
      else if (!exchangeRest(request, response)) handle(request, response);
    } catch {
      refuseAfterFault(request, response);
    }
  };
}

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
