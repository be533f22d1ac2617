import { join } from "node:path";
import { Child } from "../../bench/child.ts";
import { versionOf } from "../../bench/protocol.ts";
import { commandWith } from "../../bench/servers.ts";
import type {
  Arrival,
  Burst,
  Counts,
  Group,
  Limits,
  Part,
  Published,
  ServerCommand,
  Started,
  Stats,
} from "./protocol.ts";

/** What the processes of a scenario are. */
export interface Programs {
  /** What runs the server: node, deno or bun. */
  readonly runtime: string;
  /** The program of the clients. */
  readonly clients: string;
}

/** How a server is started. */
export interface ServerOptions {
  readonly limits?: Limits;
  /** Default: as large as the runtime likes. */
  readonly heapMb?: number;
}

/** The smallest window that HTTP/2 clients usually have, so that a client that does not read stalls its stream soon. */
const SMALL_WINDOW = 65_535;
/** Windows that large responses are not cut up by, as Envoy's. */
const LARGE_WINDOW = 16 << 20;
const TIMEOUT_MS = 60_000;

/** A server and its clients, each in a process of its own. */
export class World implements AsyncDisposable {
  readonly #programs: Programs;
  readonly #options: ServerOptions;
  readonly #clients: Child;
  #server: Child;
  #port = 0;
  #revision = 0;

  private constructor(programs: Programs, options: ServerOptions, server: Child) {
    this.#programs = programs;
    this.#options = options;
    this.#server = server;
    this.#clients = new Child([programs.clients]);
  }

  static async start(programs: Programs, options: ServerOptions = {}): Promise<World> {
    const world = new World(programs, options, await startProcess(programs, options));
    await world.#listen();
    return world;
  }

  /** Ends the server as a crash would, and starts another on its port. Its versions begin anew. */
  async crash(): Promise<void> {
    await this.#server.kill();
    this.#server = await startProcess(this.#programs, this.#options);
    this.#revision = 0;
  }

  /** Opens the port of a server that was started again. */
  async #listen(): Promise<void> {
    const limits = this.#options.limits ?? {};
    const { port } = await this.#ask<Started>({ do: "start", limits, port: this.#port });
    this.#port = port;
  }

  /** Accepts connections again after {@link crash}. */
  listenAgain(): Promise<void> {
    return this.#listen();
  }

  /** Publishes a change with the next version. @param content its content; default: as the version */
  async publish(parts: readonly Omit<Part, "revision">[], content?: number): Promise<Published & Since> {
    const revision = ++this.#revision;
    const version = versionOf(revision);
    const update = parts.map((part) => ({ ...part, revision: content ?? revision }));
    const published = await this.#ask<Published>({ do: "publish", version, update });
    return { ...published, version, sinceUs: published.atUs };
  }

  burst(command: Omit<Extract<ServerCommand, { do: "burst" }>, "do">): Promise<Burst> {
    return this.#ask({ do: "burst", ...command });
  }

  stats({ gc = false, reset = false } = {}): Promise<Stats> {
    return this.#ask({ do: "stats", gc, reset });
  }

  /** The server's memory after a garbage collection, in MB: of the process, and of what its objects hold. */
  async memory(): Promise<{ readonly rssMb: number; readonly heldMb: number }> {
    const { rssBytes, heapBytes, externalBytes } = await this.stats({ gc: true });
    return { rssMb: rssBytes / MB, heldMb: (heapBytes + externalBytes) / MB };
  }

  /** Opens streams, without waiting for them. */
  async open({ group, types, ...of }: Group): Promise<void> {
    const windowBytes = of.startStalled ? SMALL_WINDOW : LARGE_WINDOW;
    await this.#clients.request({ do: "open", group, nodePrefix: group, types, windowBytes, port: this.#port, ...of });
  }

  /** Waits until each stream has had a response of each type since it connected. */
  served(group: string): Promise<Arrival> {
    return this.#clients.request({ do: "served", group, timeoutMs: TIMEOUT_MS });
  }

  /** Waits until each stream has a version of a type, or a later one. */
  arrival(group: string, { type, version, sinceUs }: Since & { readonly type: string }): Promise<Arrival> {
    return this.#clients.request({
      do: "await",
      group,
      type,
      version,
      sinceUs: Math.floor(sinceUs),
      timeoutMs: TIMEOUT_MS,
    });
  }

  counts(group: string): Promise<Counts> {
    return this.#clients.request({ do: "counts", group });
  }

  /** Disconnects all streams of a group at once, which connect again at once. */
  async reconnect(group: string): Promise<void> {
    await this.#clients.request({ do: "reconnect", group });
  }

  /** Lets one stream after another reconnect. 0: none any more. */
  async churn(group: string, perSecond: number): Promise<void> {
    await this.#clients.request({ do: "churn", group, perSecond });
  }

  /** Whether the streams of a group read. */
  async stall(group: string, stalled: boolean): Promise<void> {
    await this.#clients.request({ do: "stall", group, stalled });
  }

  /** From here on responses count for `maxSinceMark`. */
  async mark(group: string): Promise<void> {
    await this.#clients.request({ do: "mark", group });
  }

  async close(group: string): Promise<void> {
    await this.#clients.request({ do: "close", group });
  }

  /** Waits until the server says that it has so many streams, or for 10 s. @returns how many it has */
  async streams(expected: number): Promise<number> {
    const end = performance.now() + 10_000;
    for (;;) {
      const { streams } = await this.stats();
      if (streams === expected || performance.now() > end) return streams;
      await pause(50);
    }
  }

  /** What the server still counts after all clients have left, or what it does after 10 s: 0 if it forgets everything. */
  async rest(): Promise<number> {
    const end = performance.now() + 10_000;
    for (;;) {
      const { streams, watches, connections, unsent } = await this.stats();
      const rest = streams + watches + connections + unsent.streams + unsent.bytes;
      if (rest === 0 || performance.now() > end) return rest;
      await pause(50);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#server.stop(), this.#clients.stop()]);
  }

  #ask<T>(command: ServerCommand): Promise<T> {
    return this.#server.request(command);
  }
}

/** A publication. */
export interface Since {
  readonly version: string;
  /** When it began, in microseconds since 1970. */
  readonly sinceUs: number;
}

export const CLUSTERS = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
export const ENDPOINTS = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";
export const ROUTES = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration";

export const MB = 1_000_000;

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function startProcess({ runtime }: Programs, { heapMb }: ServerOptions): Promise<Child> {
  return new Child(await commandWith(runtime, join(import.meta.dirname, "server.ts"), heapMb));
}
