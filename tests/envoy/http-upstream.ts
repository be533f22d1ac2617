import { once } from "node:events";
import { createServer, type Server } from "node:http";
import {
  createSecureServer,
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import type { TLSSocket } from "node:tls";

/** What an upstream saw of a request, as the body of its response. */
export interface SeenRequest {
  readonly upstream: string;
  readonly path: string;
  readonly host: string;
  readonly version: string;
  /** The server's name in TLS; undefined in plaintext. */
  readonly sni?: string | false;
}

/** What an upstream speaks. */
export interface UpstreamOptions {
  readonly name: string;
  /** Default: HTTP/1.1 in plaintext. */
  readonly protocol?: "http1" | "http2" | { readonly key: string; readonly cert: string };
  /** The status of a response; the count of requests with the path so far begins at 1. Default: 200. */
  readonly status?: (path: string, count: number) => number;
}

/** An HTTP server on 127.0.0.1 that says what it saw. */
export interface HttpUpstream extends AsyncDisposable {
  readonly port: number;
  /** The host as makers take it. */
  readonly host: string;
}

/** Starts an upstream on any free port. */
export async function startUpstream(options: UpstreamOptions): Promise<HttpUpstream> {
  const { protocol = "http1" } = options;
  const respond = responder(options);
  const server = protocol === "http1"
    // An idle connection that it closed, as Envoy uses it again, would fail a request.
    ? createServer({ keepAliveTimeout: 0 }, respond as never)
    : protocol === "http2"
    ? createHttp2Server(respond)
    : createSecureServer({ ...protocol, allowHTTP1: true }, respond);
  const sockets = new Set<Socket>();
  for (const event of ["connection", "secureConnection"]) {
    server.on(event, (socket: Socket) => {
      sockets.add(socket);
      socket.on("error", () => {}).once("close", () => sockets.delete(socket));
    });
  }
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    host: `127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server as Server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function responder({ name, status = () => 200 }: UpstreamOptions) {
  const counts = new Map<string, number>();
  return (request: Http2ServerRequest, response: Http2ServerResponse): void => {
    const path = request.url;
    const count = (counts.get(path) ?? 0) + 1;
    counts.set(path, count);
    const socket = request.socket as TLSSocket;
    const seen: SeenRequest = {
      upstream: name,
      path,
      host: request.headers[":authority"] ?? request.headers.host ?? "",
      version: request.httpVersion,
      ...socket.encrypted && { sni: (socket as TLSSocket & { servername?: string | false }).servername ?? false },
    };
    response.writeHead(status(path, count), { "content-type": "application/json" });
    response.end(JSON.stringify(seen));
  };
}
