import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { type DirectMethods, supportedContentType } from "../server/mod.ts";
import type { AuthorityCheck } from "./authority.ts";
import { Http2Exchange } from "./stream-transport.ts";
import { addressOf } from "./peer-of.ts";

/** Takes a request that is for a discovery stream. @returns whether it has; any other is for the router */
export type StreamListener = (http: ServerHttp2Stream, headers: IncomingHttpHeaders) => boolean;

/**
 * The way of discovery streams past the router, whose adapter costs more than all the rest of a message: several
 * promises for each chunk, and twice the memory of each stream.
 */
export function createStreamListener(methods: DirectMethods, isAuthority: AuthorityCheck): StreamListener {
  return function listener(http, headers) {
    const { ":method": method, ":path": path = "", ":authority": authority, "content-type": contentType = "" } =
      headers;
    const open = methods(path);
    if (open === undefined || method !== "POST" || !supportedContentType(contentType)) return false;
    if (!isAuthority(authority)) return false;
    try {
      const sink = new Http2Exchange(http, contentType);
      const [timeout = null] = [headers["grpc-timeout"]].flat();
      sink.start(open({ sink, timeout, peer: addressOf(http.session?.socket) }));
    } catch {
      http.destroy();
    }
    return true;
  };
}
