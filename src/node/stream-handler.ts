import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { type AcceptStreams, type ClientOrigin, supportedContentType } from "../server/mod.ts";
import type { AuthorityCheck } from "./authority.ts";
import { headersOf, isLocal } from "./client-context.ts";
import { pathOf } from "./path.ts";
import { addressOf } from "./peer-address.ts";
import { certificateOf } from "./peer-certificate.ts";
import { Http2Transport } from "./stream-transport.ts";

/** Serves a request if it is for a discovery stream. @returns whether it was; all others are for the router */
export type StreamHandler = (http: ServerHttp2Stream, headers: IncomingHttpHeaders) => boolean;

/**
 * Serves discovery streams past the router, whose adapter costs more than all the rest of a message: several promises
 * for each chunk, and twice the memory of each stream.
 */
export function createStreamHandler(accept: AcceptStreams, isAuthority: AuthorityCheck): StreamHandler {
  return function handle(http, headers) {
    const { ":method": method, ":path": path = "", ":authority": authority, "content-type": contentType = "" } =
      headers;
    const open = accept(pathOf(path));
    if (open === undefined || method !== "POST" || !supportedContentType(contentType)) return false;
    if (!isAuthority(authority)) return false;
    try {
      const transport = new Http2Transport(http, contentType);
      const [timeout = null] = [headers["grpc-timeout"]].flat();
      transport.start(open({ transport, timeout, client: clientOf(http, headers) }));
    } catch {
      http.destroy();
    }
    return true;
  };
}

function clientOf(http: ServerHttp2Stream, headers: IncomingHttpHeaders): ClientOrigin {
  const socket = http.session?.socket;
  return {
    peer: addressOf(socket),
    certificate: certificateOf(socket),
    isLocal: isLocal(socket),
    method: pathOf(headers[":path"] ?? ""),
    get headers() {
      return headersOf(headers);
    },
  };
}
