import {
  createSecureServer,
  createServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
  type ServerOptions,
} from "node:http2";
import { acceptorOf, type DiscoveryServer } from "../server/mod.ts";
import { createAuthorityCheck } from "./authority.ts";
import type { Connections } from "./connections.ts";
import { closeWhenSent } from "./close-when-sent.ts";
import type { HttpServer } from "./http-types.ts";
import type { ListenOptions } from "./listen-options.ts";
import { createRequestHandler, type HttpVersion } from "./request-handler.ts";
import { createStreamHandler } from "./stream-handler.ts";
import type { TlsSource } from "./tls-source.ts";

/** Makes the HTTP server of `listen()`. Discovery streams go past the router, and all other requests to it. */
export function createHttp2Server(
  server: DiscoveryServer,
  options: ListenOptions,
  { tls, connections }: Http2ServerParts,
): HttpServer {
  const isAuthority = createAuthorityCheck();
  const handleRequest = createRequestHandler(server, { isAuthority, version: HTTP2 });
  const http: HttpServer = createServerFor(options, tls);
  connections.accept(http);
  const accept = acceptorOf(server);
  if (accept === undefined) return http.on("request", handleRequest);
  const handleStream = createStreamHandler(accept, {
    isAuthority,
    opened: (stream, served) => connections.opened(stream, served),
  });
  // It never listens: it makes requests of the streams that are passed to it.
  const router = createServer(handleRequest);
  return http.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, ...rest: StreamRest) => {
    if (!handleStream(stream, headers, rest[1])) router.emit("stream", stream, headers, ...rest);
  });
}

/** What a server is made of. */
export interface Http2ServerParts {
  readonly tls: TlsSource | undefined;
  readonly connections: Connections;
}

type StreamRest = [flags: number, rawHeaders: string[]];

const HTTP2: HttpVersion<Http2ServerRequest, Http2ServerResponse> = {
  protocol: "grpc",
  authorityOf: (request) => request.authority,
  closeWhenSent: (_, { stream }) => closeWhenSent(stream),
  abort: ({ stream }) => stream.close(INTERNAL_ERROR),
};

const INTERNAL_ERROR = 2;

function createServerFor({ maxSessionMemoryMb = 64, maxStreamsPerConnection = 1000 }: ListenOptions, tls?: TlsSource) {
  const options: ServerOptions = {
    maxSessionMemory: maxSessionMemoryMb,
    settings: { maxConcurrentStreams: maxStreamsPerConnection },
  };
  return tls === undefined ? createServer(options) : createSecureServer({ ...options, ...tls.options });
}
