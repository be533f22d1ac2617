/// <reference lib="esnext.disposable" preserve="true" />
import {
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
  type ServerOptions,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { directMethods, type DiscoveryServer, type DrainOptions } from "../server/mod.ts";
import { createAuthorityCheck } from "./authority.ts";
import { checkExposure, type ListenOptions, type TlsOptions } from "./listen-options.ts";
import { createRequestListener } from "./request-handler.ts";
import { Sessions } from "./connections.ts";
import { createStreamListener } from "./stream-handler.ts";

/** A server that accepts connections. */
export interface Listener extends AsyncDisposable {
  /** The address that is bound, such as `127.0.0.1`. */
  readonly address: string;
  readonly port: number;
  /**
   * Shuts down without a rush: accepts nothing more, tells clients to go, ends the streams with UNAVAILABLE one after
   * another, then closes. Other listeners of the same discovery server lose their streams as well.
   */
  drain(options?: DrainOptions): Promise<void>;
  /** Shuts down at once: drops all connections of this listener. May be called during {@link Listener.drain}. */
  close(): Promise<void>;
}

/**
 * Serves a discovery server over HTTP/2, gRPC and REST on one port, on Node, Deno and Bun.
 *
 * @throws TypeError - the address is not loopback, and neither `tls` nor `insecure` is given
 * @throws Error - the address cannot be bound; `code` is the system's, such as `EADDRINUSE`
 */
export async function listen(server: DiscoveryServer, options: ListenOptions = {}): Promise<Listener> {
  checkExposure(options);
  const http = createHttpServer(server, options);
  const sessions = new Sessions(http, options.keepalive ?? { intervalMs: 30_000, timeoutMs: 10_000 });
  const { address, port } = await bind(http, options);
  const closed = new Promise<void>((resolve) => http.once("close", resolve));
  let draining: Promise<void> | undefined;

  function close(): Promise<void> {
    http.close();
    sessions.destroy();
    return closed;
  }

  async function drain(drainOptions?: DrainOptions): Promise<void> {
    http.close();
    sessions.goAway();
    await Promise.race([server.drain(drainOptions), closed]);
    const late = setTimeout(() => sessions.destroy(), GRACE_MS); // a client that does not hang up
    await closed;
    clearTimeout(late);
  }

  return {
    address,
    port,
    drain: (drainOptions) => draining ??= drain(drainOptions),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** For the last bytes to be sent. */
const GRACE_MS = 500;

function createHttpServer(server: DiscoveryServer, options: ListenOptions): Http2Server | Http2SecureServer {
  const isAuthority = createAuthorityCheck();
  const listener = createRequestListener(server, isAuthority);
  const methods = directMethods(server);
  const http2Options: ServerOptions = {
    maxSessionMemory: options.maxSessionMemory ?? 64,
    settings: { maxConcurrentStreams: options.maxStreamsPerConnection ?? 1000 },
  };
  const http: Http2Server | Http2SecureServer = options.tls === undefined
    ? createServer(http2Options)
    : createSecureServer({ ...http2Options, ...secureOptions(options.tls) });
  if (methods === undefined) return http.on("request", listener);
  const takes = createStreamListener(methods, isAuthority);
  // It never listens: it makes requests of the streams that it is handed.
  const others = createServer(listener);
  const onStream = (http: ServerHttp2Stream, headers: IncomingHttpHeaders, ...rest: unknown[]) => {
    if (!takes(http, headers)) others.emit("stream", http, headers, ...rest);
  };
  return http.on("stream", onStream);
}

function secureOptions({ key, cert, ca }: TlsOptions): object {
  const shared = { key: pem(key), cert: pem(cert), allowHTTP1: false, ALPNProtocols: ["h2"], minVersion: "TLSv1.2" };
  if (ca === undefined) return shared;
  return { ...shared, ca: pem(ca), requestCert: true, rejectUnauthorized: true };
}

function pem(value: string | Uint8Array): string {
  return typeof value === "string" ? value : new TextDecoder().decode(value);
}

function bind(http: Http2Server | Http2SecureServer, options: ListenOptions): Promise<AddressInfo> {
  const { host = "127.0.0.1", port = 18000, backlog = 65_535, reusePort = false } = options;
  return new Promise((resolve, reject) => {
    http.on("error", (error: NodeJS.ErrnoException) => {
      const reason = error.code === "EADDRINUSE" ? "the port is in use" : error.message;
      reject(Object.assign(new Error(`Cannot listen on ${host}:${port}: ${reason}`, { cause: error }), {
        code: error.code,
      }));
    });
    http.listen({ host, port, backlog, reusePort }, () => resolve(http.address() as AddressInfo));
  });
}
