import type { ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import {
  afterPatience,
  type FailedConnection,
  type LimitCounter,
  type MutableConnectionCounts,
  type ServedStream,
} from "../server/mod.ts";
import { causeOf, type FailureCause, textOf } from "./connection-failure.ts";
import { ConnectionAge } from "./connection-age.ts";
import { whenIdle } from "./connection-idle.ts";
import { keepAlive } from "./connection-keepalive.ts";
import { ConnectionCounter } from "./connection-limits.ts";
import type { HttpServer } from "./http-types.ts";
import {
  type ConnectionLimits,
  connectionLimits,
  type KeepaliveOptions,
  type ListenOptions,
} from "./listen-options.ts";
import { addressOf } from "./peer-address.ts";

/** Where connections are counted. */
export interface ConnectionCounters {
  readonly connections: MutableConnectionCounts;
  readonly limits: LimitCounter;
  /** Called with each connection whose client has sent something, and has not spoken HTTP/2. */
  readonly onFailed: (connection: FailedConnection) => void;
}

/** The open connections of a server, within their limits. No error on any of them becomes an uncaught one. */
export class Connections {
  readonly #options: ListenOptions;
  readonly #onFailed: ConnectionCounters["onFailed"];
  readonly #limits: ConnectionLimits;
  readonly #keepalive: KeepaliveOptions | false;
  readonly #counts: MutableConnectionCounts;
  readonly #exceeded: LimitCounter;
  readonly #counter: ConnectionCounter;
  readonly #age: ConnectionAge;
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #sockets = new Set<Socket>();
  /** The same by their addresses: the socket of a session is another object, which with TLS is above that of the connection. */
  readonly #byAddress = new Map<string, Connection>();
  #isClosing = false;

  constructor(options: ListenOptions, { connections, limits, onFailed }: ConnectionCounters) {
    this.#options = options;
    this.#onFailed = onFailed;
    this.#limits = connectionLimits(options);
    this.#keepalive = options.keepalive ?? { intervalMs: 30_000, timeoutMs: 10_000 };
    this.#counts = connections;
    this.#exceeded = limits;
    this.#counter = new ConnectionCounter(this.#limits);
    this.#age = new ConnectionAge(this.#limits);
  }

  /** Takes the connections that a server accepts. */
  accept(server: HttpServer): void {
    server.on("connection", (socket: Socket) => this.#addSocket(socket));
    server.on("secureConnection", (socket) => {
      socket.on("error", ignore);
      if (socket.alpnProtocol !== "h2") this.#noteCause(socket, "no-alpn");
    });
    server.on("tlsClientError", (error: NodeJS.ErrnoException, socket) => {
      this.#noteCause(socket, causeOf(error));
      socket.on("error", ignore);
      socket.destroy();
    });
    server.on("sessionError", ignore);
    server.on("session", (session) => this.#addSession(session));
  }

  /** A stream was opened. */
  opened(http: ServerHttp2Stream, stream: ServedStream): void {
    if (http.session !== undefined) this.#age.opened(http.session, stream, http);
  }

  /** Sends GOAWAY to all clients; each connection closes with the last of its streams. */
  goAway(): void {
    for (const session of this.#sessions) session.close();
  }

  /** Drops all connections. */
  destroy(): void {
    this.#isClosing = true;
    for (const session of this.#sessions) session.destroy();
    for (const socket of this.#sockets) socket.destroy(); // also those that never became a session
  }

  #addSocket(socket: Socket): void {
    socket.on("error", (error: NodeJS.ErrnoException) => connection.cause ??= causeOf(error));
    const connection: Connection = { socket, endHandshake: ignore, cause: undefined };
    const exceeded = this.#counter.add(socket);
    if (exceeded !== undefined) {
      this.#counts.refused++;
      this.#exceeded.count(exceeded);
      socket.destroy();
      return;
    }
    this.#counts.open++;
    this.#sockets.add(socket);
    const cancel = afterPatience(this.#limits.handshakeTimeoutMs, () => {
      connection.cause ??= "timeout";
      this.#counts.handshakesTimedOut++;
      this.#exceeded.count("handshakeTimeoutMs");
      socket.destroy();
    });
    const address = addressOf(socket) ?? "";
    let hasSpoken = false;
    connection.endHandshake = () => {
      hasSpoken = true;
      cancel();
    };
    this.#byAddress.set(address, connection);
    socket.once("close", () => {
      this.#counts.open--;
      this.#sockets.delete(socket);
      cancel();
      if (!hasSpoken) this.#failed(connection, address);
      if (this.#byAddress.get(address) === connection) this.#byAddress.delete(address);
    });
  }

  #noteCause(socket: Socket, cause: FailureCause | undefined): void {
    const connection = this.#byAddress.get(addressOf(socket) ?? "");
    if (connection !== undefined) connection.cause ??= cause;
  }

  /** Checks whether a port is open send nothing, and are no failure. */
  #failed({ socket, cause }: Connection, address: string): void {
    if (!(socket.bytesRead > 0) || this.#isClosing) return;
    const { tls } = this.#options;
    const usual = tls === undefined ? "not-http2" : hasClientCa(tls) ? "untrusted-client" : "handshake";
    const why = cause ?? usual;
    this.#onFailed({ peer: address === "" ? undefined : address, cause: why, text: textOf(why) });
  }

  #addSession(session: ServerHttp2Session): void {
    this.#sessions.add(session);
    session.on("error", ignore);
    session.on("stream", (stream) => stream.on("error", ignore));
    session.once("close", () => this.#sessions.delete(session));
    const address = addressOf(session.socket) ?? "";
    session.once("remoteSettings", () => this.#byAddress.get(address)?.endHandshake());
    if (this.#keepalive !== false) keepAlive(session, this.#keepalive, () => this.#exceeded.count("keepalive"));
    whenIdle(session, this.#limits.idleTimeoutMs, () => this.#closeIdle(session, address));
    this.#age.limit(session, {
      onAged: () => {
        this.#counts.aged++;
        this.#exceeded.count("maxConnectionAgeMs");
      },
      destroy: () => this.#byAddress.get(address)?.socket.destroy(),
    });
  }

  #closeIdle(session: ServerHttp2Session, address: string): void {
    const connection = this.#byAddress.get(address);
    // One that was sent GOAWAY before is at its end for another reason.
    if (!session.closed) {
      this.#counts.idleClosed++;
      this.#exceeded.count("idleTimeoutMs");
    }
    session.close();
    // After that a session waits until its client has closed the socket.
    setTimeout(() => connection?.socket.destroy(), IDLE_GRACE_MS).unref();
  }
}

interface Connection {
  readonly socket: Socket;
  /** The client speaks HTTP/2. */
  endHandshake: () => void;
  /** Why it does not, as far as it is known. */
  cause: FailureCause | undefined;
}

/** For the GOAWAY to be read, and for a stream that the client has opened meanwhile. */
const IDLE_GRACE_MS = 1000;

/** Whether clients have to have a certificate; not known of certificates that are loaded by a function. */
function hasClientCa(tls: NonNullable<ListenOptions["tls"]>): boolean {
  return ("ca" in tls && tls.ca !== undefined) || ("caFile" in tls && tls.caFile !== undefined) || "load" in tls;
}

function ignore(): void {}
