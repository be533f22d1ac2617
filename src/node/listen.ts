/// <reference lib="esnext.disposable" preserve="true" />
import type { AddressInfo } from "node:net";
import { connectionCountsOf, type DiscoveryServer, type DrainOptions } from "../server/mod.ts";
import { Connections } from "./connections.ts";
import type { HttpServer } from "./http-types.ts";
import { createHttp2Server } from "./http2-server.ts";
import { checkPem } from "./pem.ts";
import { TlsSource } from "./tls-source.ts";
import { connectNode } from "./connect-adapter.ts";
import { checkExposure, checkNames, type ListenOptions } from "./listen-options.ts";

/** A server that accepts connections. */
export interface RunningServer extends AsyncDisposable {
  /** The address that is bound, such as `127.0.0.1`. */
  readonly address: string;
  /** The TCP port that is bound. */
  readonly port: number;
  /**
   * Shuts down without a rush: accepts no more connections, sends GOAWAY to clients, ends the streams with UNAVAILABLE
   * one after another, then closes. The streams that the same discovery server has elsewhere end as well.
   */
  drain(options?: DrainOptions): Promise<void>;
  /**
   * Loads certificates at once, where `tls` names files or a function. Open connections stay.
   *
   * @throws Error where they cannot be loaded: the former ones stay in use
   */
  reloadTls(): Promise<void>;
  /** Shuts down at once: drops all connections. May be called during {@link RunningServer.drain}. */
  close(): Promise<void>;
}

/** @deprecated Use {@link RunningServer}: in xDS a listener is a resource. */
export type Listener = RunningServer;

/**
 * Serves a discovery server over HTTP/2, gRPC and REST on one port, on Node, Deno and Bun.
 *
 * @throws TypeError - the address is not loopback, and neither `tls` nor `insecure` is given; `tls` is not PEM; an option
 * is not known
 * @throws Error - the certificates cannot be loaded, or the address cannot be bound; `code` is the system's, such as `EADDRINUSE`
 */
export async function listen(server: DiscoveryServer, options: ListenOptions = {}): Promise<RunningServer> {
  checkNames(options);
  checkExposure(options);
  await connectNode();
  const tls = options.tls && await TlsSource.load(options.tls);
  if (tls !== undefined) checkPem(tls.current);
  const connections = new Connections(options, connectionCountsOf(server));
  const http = createHttp2Server(server, options, { tls, connections });
  const { address, port } = await bind(http, options);
  tls?.follow(http);
  const closed = new Promise<void>((resolve) => http.once("close", resolve));
  let draining: Promise<void> | undefined;

  function close(): Promise<void> {
    http.close();
    connections.destroy();
    return closed;
  }

  async function drain(drainOptions?: DrainOptions): Promise<void> {
    http.close();
    connections.goAway();
    await Promise.race([server.drain(drainOptions), closed]);
    const late = setTimeout(() => connections.destroy(), GRACE_MS); // a client that does not hang up
    await closed;
    clearTimeout(late);
  }

  return {
    address,
    port,
    drain: (drainOptions) => draining ??= drain(drainOptions),
    close,
    async reloadTls() {
      await tls?.reload();
    },
    [Symbol.asyncDispose]: close,
  };
}

/** For the last bytes to be sent. */
const GRACE_MS = 500;

const BIND_ERRORS: Readonly<Record<string, string>> = {
  EADDRINUSE: "the port is in use; end the other process, or give another port",
  EADDRNOTAVAIL: "this machine does not have the address; give host one that it has",
  EACCES: "permission denied; a port below 1024 may need it, so give another port",
  ENOTFOUND: "the name of the host is not known; give host an address of this machine",
};

function bind(http: HttpServer, options: ListenOptions): Promise<AddressInfo> {
  const { host = "127.0.0.1", port = 18000, backlog = 65_535, reusePort = false } = options;
  return new Promise((resolve, reject) => {
    http.on("error", (error: NodeJS.ErrnoException) => {
      const reason = BIND_ERRORS[error.code ?? ""] ?? error.message;
      reject(Object.assign(new Error(`Cannot listen on ${host}:${port}: ${reason}`, { cause: error }), {
        code: error.code,
      }));
    });
    http.listen({ host, port, backlog, reusePort }, () => resolve(http.address() as AddressInfo));
  });
}
