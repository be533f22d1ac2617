import type { ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import { keepAlive } from "./connection-keepalive.ts";
import type { HttpServer } from "./http2-server.ts";
import type { KeepaliveOptions } from "./listen-options.ts";

/** The open connections of a server. No error on any of them becomes an uncaught one. */
export class Connections {
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #sockets = new Set<Socket>();

  constructor(server: HttpServer, keepalive: KeepaliveOptions | false) {
    server.on("connection", (socket: Socket) => this.#addSocket(socket));
    server.on("secureConnection", (socket) => socket.on("error", ignore));
    server.on("tlsClientError", (_error, socket) => {
      socket.on("error", ignore);
      socket.destroy();
    });
    server.on("sessionError", ignore);
    server.on("session", (session) => {
      this.#sessions.add(session);
      session.on("error", ignore);
      session.on("stream", (stream) => stream.on("error", ignore));
      session.once("close", () => this.#sessions.delete(session));
      if (keepalive !== false) keepAlive(session, keepalive);
    });
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
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
  }
}

function ignore(): void {}
