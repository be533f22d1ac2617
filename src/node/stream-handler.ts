import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import {
  type AcceptStreams,
  type ClientOrigin,
  type ServedStream,
  sizeOfRawHeaders,
  supportedContentType,
} from "../server/mod.ts";
import type { AuthorityCheck } from "./authority.ts";
import { headersOf, isLocal } from "./client-context.ts";
import { pathOf } from "./path.ts";
import { addressOf } from "./peer-address.ts";
import { certificateOf } from "./peer-certificate.ts";
import { Http2Transport } from "./stream-transport.ts";

/** Serves a request if it is for a discovery stream. @returns whether it was; all others are for the router */
export type StreamHandler = (
  http: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  rawHeaders: readonly string[],
) => boolean;

/** What a stream handler needs. */
export interface StreamHandlerOptions {
  readonly isAuthority: AuthorityCheck;
  /** Called with each stream that was opened. */
  readonly opened: (http: ServerHttp2Stream, stream: ServedStream) => void;
}

/**
 * Serves discovery streams past the router, whose adapter costs more than all the rest of a message: several promises
 * for each chunk, and twice the memory of each stream.
 */
export function createStreamHandler(
  accept: AcceptStreams,
  { isAuthority, opened }: StreamHandlerOptions,
): StreamHandler {
  return function handle(http, headers, rawHeaders) {
    const { ":method": method, ":path": path = "", ":authority": authority, "content-type": contentType = "" } =
      headers;
    const open = accept(pathOf(path));
    if (open === undefined || method !== "POST" || !supportedContentType(contentType)) return false;
    if (!isAuthority(authority)) return false;
    try {
      const transport = new Http2Transport(http, contentType);
      const [timeout = null] = [headers["grpc-timeout"]].flat();
      const headerSize = sizeOfRawHeaders(rawHeaders);
      const stream = open({ transport, timeout, headerSize, client: clientOf(http, headers) });
      if (!stream.ended) opened(http, stream);
      transport.start(stream);
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
