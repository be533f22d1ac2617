import type { ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import type { MutableConnectionCounts } from "../server/mod.ts";
import { closeIdle } from "./connection-idle.ts";
import { keepAlive } from "./connection-keepalive.ts";
import { ConnectionCounter } from "./connection-limits.ts";
import type { HttpServer } from "./http2-server.ts";
import {
  type ConnectionLimits,
  connectionLimits,
  type KeepaliveOptions,
  type ListenOptions,
} from "./listen-options.ts";
import { afterPatience } from "./patience.ts";
import { addressOf } from "./peer-address.ts";

/** The open connections of a server, within their limits. No error on any of them becomes an uncaught one. */
export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #keepalive: KeepaliveOptions | false;
  readonly #counts: MutableConnectionCounts;
  readonly #counter: ConnectionCounter;
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #sockets = new Set<Socket>();
  /** Ends the wait for clients that have not spoken HTTP/2 yet, by their addresses. */
  readonly #handshakes = new Map<string, () => void>();

  /** @param counts - where connections are counted */
  constructor(server: HttpServer, options: ListenOptions, counts: MutableConnectionCounts) {
    this.#limits = connectionLimits(options);
    this.#keepalive = options.keepalive ?? { intervalMs: 30_000, timeoutMs: 10_000 };
    this.#counts = counts;
    this.#counter = new ConnectionCounter(this.#limits);
    server.on("connection", (socket: Socket) => this.#addSocket(socket));
    server.on("secureConnection", (socket) => socket.on("error", ignore));
    server.on("tlsClientError", (_error, socket) => {
      socket.on("error", ignore);
      socket.destroy();
    });
    server.on("sessionError", ignore);
    server.on("session", (session) => this.#addSession(session));
  }

  /** Sends GOAWAY to all clients; each connection closes with the last of its streams. */
  goAway(): void {
    for (const session of this.#sessions) session.close();
  }

  /** Drops all connections. */
  destroy(): void {
    for (const session of this.#sessions) session.destroy();
    for (const socket of this.#sockets) socket.destroy(); // also those that never became a session
  }

  #addSocket(socket: Socket): void {
    socket.on("error", ignore);
    if (!this.#counter.add(socket)) {
      this.#counts.refused++;
      socket.destroy();
      return;
    }
    this.#counts.open++;
    this.#sockets.add(socket);
    socket.once("close", () => {
      this.#counts.open--;
      this.#sockets.delete(socket);
    });
    this.#awaitHandshake(socket);
  }

  #addSession(session: ServerHttp2Session): void {
    this.#sessions.add(session);
    session.on("error", ignore);
    session.on("stream", (stream) => stream.on("error", ignore));
    session.once("close", () => this.#sessions.delete(session));
    // The socket below TLS is another object, but has the same address.
    const address = addressOf(session.socket);
    session.once("remoteSettings", () => this.#endHandshake(address));
    if (this.#keepalive !== false) keepAlive(session, this.#keepalive);
    closeIdle(session, this.#limits.idleTimeoutMs, () => void this.#counts.idleClosed++);
  }

  #awaitHandshake(socket: Socket): void {
    const address = addressOf(socket);
    if (address === undefined) return;
    const cancel = afterPatience(this.#limits.handshakeTimeoutMs, () => {
      this.#counts.handshakesTimedOut++;
      socket.destroy();
    });
    this.#handshakes.set(address, cancel);
    socket.once("close", () => {
      cancel();
      if (this.#handshakes.get(address) === cancel) this.#handshakes.delete(address);
    });
  }

  #endHandshake(address: string | undefined): void {
    if (address === undefined) return;
    this.#handshakes.get(address)?.();
    this.#handshakes.delete(address);
  }
}

function ignore(): void {}
