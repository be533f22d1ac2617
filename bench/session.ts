import { Child } from "./child.ts";
import type { Published, ServerSetup, Started, Stats, World } from "./protocol.ts";

/** The streams of the load client. */
export interface Streams {
  readonly streams: number;
  /** Streams on one connection. Default: 1, as with Envoy. */
  readonly perConnection?: number;
  readonly namesPerStream?: number;
  /** A file with an encoded node, to be a part of every request. */
  readonly nodeFile?: string;
}

/** Messages since the load client started. */
export interface Counts {
  readonly messages: number;
  readonly resources: number;
  readonly removed: number;
  readonly bytes: number;
}

/** The time from a publication until the streams have it. */
export interface Arrival {
  readonly p50Us: number;
  readonly p99Us: number;
  readonly lastUs: number;
}

export interface SessionOptions extends ServerSetup, World {
  readonly server: readonly string[];
  readonly load: string;
}

/** One server with its clients, all of them fresh. */
export class Session {
  readonly #options: SessionOptions;
  readonly #server: Child;
  readonly #load: Child;
  readonly #startedUs: number;
  #port = 0;
  #streams = 0;
  #round = 0;

  private constructor(options: SessionOptions) {
    this.#options = options;
    this.#startedUs = nowUs();
    this.#server = new Child(options.server);
    this.#load = new Child([options.load]);
  }

  /** Runs something with a session, which is closed afterwards, even if it fails. */
  static async run<T>(options: SessionOptions, use: (session: Session) => Promise<T>): Promise<T> {
    const session = new Session(options);
    try {
      const { cache, type, variant, perNode, ownContent, hosts } = options;
      const setup: ServerSetup = { cache, type, variant, perNode, ownContent, hosts };
      const { port } = await session.#server.request<Started>({ do: "start", ...setup });
      session.#port = port;
      session.startMs = (nowUs() - session.#startedUs) / 1000;
      return await use(session);
    } finally {
      await Promise.all([session.#server.stop(), session.#load.stop()]);
    }
  }

  /** The time from the start of the process until it listens. */
  startMs = 0;

  /** Publishes everything, or the next change. */
  async publish(): Promise<Published & { readonly sinceUs: number }> {
    const { count, nodes, changed, consecutive } = this.#options;
    const world: World = { count, nodes, changed, consecutive };
    const sinceUs = nowUs();
    const round = this.#round++;
    return { ...await this.#server.request<Published>({ do: "publish", round, ...world }), sinceUs };
  }

  /** Opens streams and sends their first requests. Streams opened before are disconnected. */
  async open({ perConnection = 1, namesPerStream = 0, nodeFile = "", streams }: Streams): Promise<{ sinceUs: number }> {
    const { type, variant, perNode, count } = this.#options;
    this.#streams = streams;
    const sinceUs = nowUs();
    await this.#load.request({
      do: "open",
      port: this.#port,
      streams,
      perConnection,
      delta: variant === "delta",
      typeUrl: TYPE_URLS[type],
      namesPerStream,
      wildcard: type === "endpoints" && namesPerStream === 0,
      namesOf: count,
      nameFormat: "cluster-%06d",
      nodePerStream: perNode,
      nodeFile,
    });
    return { sinceUs };
  }

  /** Waits until streams have a version. @param reached - how many; default: all */
  arrival(version: string, sinceUs: number, reached = this.#streams): Promise<Arrival> {
    return this.#load.request({ do: "await", version, reached, sinceUs: Math.floor(sinceUs), timeoutMs: 60_000 });
  }

  counts(): Promise<Counts> {
    return this.#load.request({ do: "count" });
  }

  /** CPU time, once the server is idle. */
  async cpuUs(): Promise<number> {
    let before = await this.#stats(false);
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
      const now = await this.#stats(false);
      if (now.cpuUs - before.cpuUs < QUIET_MS * 1000 * 0.1) return now.cpuUs;
      before = now;
    }
  }

  /** Memory without garbage. */
  async rssBytes(): Promise<number> {
    return (await this.#stats(true)).rssBytes;
  }

  get peakBytes(): number | undefined {
    return this.#server.peakBytes;
  }

  #stats(gc: boolean): Promise<Stats> {
    return this.#server.request({ do: "stats", gc });
  }
}

/** How long a server has to be nearly idle for its CPU time to be read. */
const QUIET_MS = 30;

const TYPE_URLS = {
  cluster: "type.googleapis.com/envoy.config.cluster.v3.Cluster",
  endpoints: "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
};

/** Microseconds since 1970, as the load client has them. */
function nowUs(): number {
  return (performance.timeOrigin + performance.now()) * 1000;
}
