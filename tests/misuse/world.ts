import {
  type Cache,
  createDiscoveryServer,
  type DiscoveryCallbacks,
  type DiscoveryServer,
  type DiscoveryServerOptions,
  type Resource,
  Snapshot,
  SnapshotCache,
  type Watch,
} from "../../mod.ts";
import {
  cluster,
  CLUSTER_TYPE,
  ENDPOINT_TYPE,
  endpoints,
  VIRTUAL_HOST_TYPE,
  virtualHostResource,
} from "../../src/v3/mod.ts";
import { Client } from "./client.ts";

/** What a place is set up with: the parts of a server that the code at fault is in. */
export interface Setup {
  readonly options?: Partial<DiscoveryServerOptions>;
  readonly callbacks?: DiscoveryCallbacks;
  /** The cache of the clients of that code. Default: the world's snapshots. */
  readonly cache?: Cache;
  /** What makes the package call the code, beside the streams and polls that each world has. */
  readonly drive?: (world: World) => unknown;
  /** Ends what the cache has of its own. */
  readonly close?: () => void;
}

/** The code at a place: it does its work, or misbehaves instead. */
export type Act = <T>(real: () => T) => T;

/** A response to a poll. */
export interface PollOutcome {
  readonly status: number;
  readonly text: string;
}

/** A server with clients that bad code is called for, and one healthy client beside them. */
export class World {
  readonly snapshots = new SnapshotCache();
  readonly errors: unknown[] = [];
  /** The errors that other handlers than that of the server were called with. */
  readonly reported: unknown[] = [];
  readonly polls: PollOutcome[] = [];
  readonly server: DiscoveryServer;
  readonly victims: Client[] = [];
  readonly others: Client[] = [];
  readonly healthy: Client;
  readonly opened = new Map<number, number>();
  readonly closed = new Map<number, number>();
  /** How often code has misbehaved. */
  acts = 0;
  #version = 0;
  readonly #left: Watch[] = [];
  readonly #setup: Setup;

  constructor(setup: (world: World) => Setup) {
    this.publish();
    const { options, callbacks = {}, cache = this.snapshots } = this.#setup = setup(this);
    this.server = createDiscoveryServer({
      log: false,
      fetchWaitMs: 30,
      cache: {
        watch: (request, watcher) => (request.node.id === "victim" ? cache : this.snapshots).watch(request, watcher),
      },
      ...options,
      callbacks: this.#counting(callbacks),
    });
    this.healthy = new Client(this.server, { id: "healthy", variant: "sotw" });
    this.healthy.subscribe(CLUSTER_TYPE, []);
  }

  /** The open watches of all clients. */
  get openWatches(): number {
    return this.snapshots.status().flatMap(({ types }) => types).reduce((sum, { watches }) => sum + watches, 0);
  }

  /** The version that was published last. */
  get version(): string {
    return String(this.#version);
  }

  /** Publishes the next version to all. */
  publish(): void {
    const version = String(++this.#version);
    const resources: Resource[] = [
      cluster({ name: "a", altStatName: version }),
      cluster({ name: "b", altStatName: version }),
      endpoints({ clusterName: "a", policy: { overprovisioningFactor: this.#version } }),
      virtualHostResource({ name: "v", domains: ["x.example"], includeRequestAttemptCount: this.#version % 2 > 0 }, {
        routeConfig: "r",
      }),
    ];
    // Clients that were not published to have the former version.
    for (const id of ["victim", "healthy", "other"]) {
      this.snapshots.setSnapshot(id, new Snapshot({ version, resources }));
    }
  }

  /** A watch of the user's own. */
  watch(): Watch {
    const subscription = { wildcard: true, names: new Set<string>() };
    const node = { id: "victim" } as Parameters<Cache["watch"]>[0]["node"];
    return this.snapshots.watch({ node, type: CLUSTER_TYPE, subscription }, () => {});
  }

  /** Keeps a watch open until the end. */
  leave(watch: Watch): void {
    this.#left.push(watch);
  }

  openOther(): void {
    const other = new Client(this.server, { id: "other", variant: "delta" });
    other.subscribe(CLUSTER_TYPE, ["*"]);
    this.others.push(other);
  }

  disconnectVictims(): void {
    for (const victim of this.victims) victim.disconnect();
  }

  async poll(path: string, request: object = {}): Promise<void> {
    const body = JSON.stringify({ node: { id: "victim" }, ...request });
    const init = { method: "POST", headers: { "content-type": "application/json" }, body };
    const response = await this.server.fetch(new Request(`http://localhost/v3/discovery:${path}`, init));
    this.polls.push({ status: response.status, text: await response.text() });
  }

  /** Plays everything that makes the package call code of its user, then lets all clients leave. */
  async play(): Promise<void> {
    for (const variant of ["sotw", "delta"] as const) {
      const victim = new Client(this.server, { id: "victim", variant, nacks: true });
      this.victims.push(victim);
      victim.subscribe(CLUSTER_TYPE, variant === "sotw" ? [] : ["*"]);
      victim.subscribe(ENDPOINT_TYPE, ["a", "missing"]);
      if (variant === "delta") victim.subscribe(VIRTUAL_HOST_TYPE, ["r/x.example"]);
    }
    await settle();
    this.publish();
    await settle();
    for (const victim of this.victims) victim.subscribe(ENDPOINT_TYPE, ["a", "missing", "b"]);
    await settle();
    const polls = [this.poll("clusters"), this.poll("endpoints", { resource_names: ["a", "missing"] })];
    this.publish();
    await this.#setup.drive?.(this);
    await Promise.all(polls);
    await settle();
    await this.server.reauthorize();
    this.server.status();
    this.disconnectVictims();
    await settle();
    this.publish();
    await settle();
  }

  async end(): Promise<void> {
    this.#setup.close?.();
    for (const client of [...this.others, this.healthy]) client.disconnect();
    for (const watch of this.#left) watch.close();
    await settle();
    this.server.close();
  }

  #counting(callbacks: DiscoveryCallbacks): DiscoveryCallbacks {
    const { opened, closed, errors } = this;
    return {
      ...callbacks,
      onStreamOpen(stream) {
        opened.set(stream.id, (opened.get(stream.id) ?? 0) + 1);
        return callbacks.onStreamOpen?.(stream);
      },
      onStreamClose(stream, error) {
        closed.set(stream.id, (closed.get(stream.id) ?? 0) + 1);
        return callbacks.onStreamClose?.(stream, error);
      },
      onError(error, stream) {
        errors.push(error);
        return callbacks.onError?.(error, stream);
      },
    };
  }
}

/** Lets everything happen that is due. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}
