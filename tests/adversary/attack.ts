import { once } from "node:events";
import type { SecureClientSessionOptions } from "node:http2";
import { connect, type Socket } from "node:net";
import { RawClient, type RawStream } from "../server/raw-client.ts";
import { RawHttp2, until } from "./raw-http2.ts";
import type { ServerCommand, Started, State } from "./server-command.ts";

/** What an attack is run with. */
export interface AttackOptions extends Started {
  readonly isLong: boolean;
  readonly runtime: string;
  /** The id of the server's process. */
  readonly pid: number;
  command(command: ServerCommand): Promise<unknown>;
  /** Measures what is held now. */
  hold(): Promise<number>;
  /** How the server has ended, once it has. */
  exited(): Promise<number | string | undefined>;
}

/** Writes to a stream, and resolves once the bytes have been taken or the stream has closed. */
export async function written({ http, ended }: RawStream, bytes: Uint8Array): Promise<void> {
  await Promise.race([new Promise<void>((resolve) => void http.write(bytes, () => resolve())), ended]);
}

/** A connection costs its client the packets of TCP, too: three to open it, four to close it. */
const PACKETS_BYTES = 7 * 40;

/** The side of the attacker: connections whose bytes are counted, and what was expected in vain. */
export class Attack {
  readonly #options: AttackOptions;
  readonly #sockets = new Set<Socket>();
  readonly #clients = new Set<RawClient>();
  readonly failures: string[] = [];
  readonly notes: string[] = [];
  #sent = 0;

  constructor(options: AttackOptions) {
    this.#options = options;
  }

  get port(): number {
    return this.#options.port;
  }

  get restPort(): number {
    return this.#options.restPort;
  }

  get pid(): number {
    return this.#options.pid;
  }

  get runtime(): string {
    return this.#options.runtime;
  }

  /** How often something is done, in the short and in the long form. */
  count(short: number, long: number): number {
    return this.#options.isLong ? long : short;
  }

  /** Bytes that were sent, those of TCP's own packets included. */
  get sent(): number {
    let sent = this.#sent;
    for (const socket of this.#sockets) sent += socket.bytesWritten;
    return sent;
  }

  /** A TCP connection. */
  async socket(port = this.port): Promise<Socket> {
    const socket = this.#track(connect(port, "127.0.0.1"));
    await once(socket, "connect");
    return socket;
  }

  /** An HTTP/2 connection whose frames the attack makes. */
  async raw({ reading = true, start = true } = {}): Promise<RawHttp2> {
    const raw = new RawHttp2(await this.socket(), { reading });
    if (start) await raw.start();
    return raw;
  }

  /** An HTTP/2 connection that follows the rules. */
  client(options: SecureClientSessionOptions = {}): RawClient {
    const createConnection = () => this.#track(connect(this.port, "127.0.0.1"));
    const client = new RawClient(`http://127.0.0.1:${this.port}`, { createConnection, ...options });
    this.#clients.add(client);
    return client;
  }

  /** Counts what a socket of the attack sends, and closes it at the end. */
  track<S extends Socket>(socket: S): S {
    return this.#track(socket);
  }

  command(command: ServerCommand): Promise<unknown> {
    return this.#options.command(command);
  }

  async state(): Promise<State> {
    return await this.command({ do: "state" }) as State;
  }

  /** Measures what is held at this moment, in bytes. */
  hold(): Promise<number> {
    return this.#options.hold();
  }

  exited(): Promise<number | string | undefined> {
    return this.#options.exited();
  }

  /** Waits until a state of the server. @returns whether it has come */
  reaches(holds: (state: State) => boolean, ms = 10_000): Promise<boolean> {
    return until(async () => holds(await this.state()), ms);
  }

  expect(holds: boolean, text: string): void {
    if (!holds && !this.failures.includes(text)) this.failures.push(text);
  }

  note(text: string): void {
    this.notes.push(text);
  }

  /** Closes all its connections. */
  async close(): Promise<void> {
    for (const client of this.#clients) client.session.destroy();
    for (const socket of this.#sockets) socket.destroy();
    await until(() => this.#sockets.size === 0, 5_000);
  }

  #track<S extends Socket>(socket: S): S {
    this.#sockets.add(socket);
    this.#sent += PACKETS_BYTES;
    socket.on("error", () => {}).once("close", () => {
      this.#sent += socket.bytesWritten;
      this.#sockets.delete(socket);
    });
    return socket;
  }
}
