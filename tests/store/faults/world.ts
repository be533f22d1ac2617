import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { NatsStore, ReplicatedCache } from "../../../src/nats/mod.ts";
import type { SnapshotStore } from "../../../src/store/mod.ts";
import { NatsServer } from "../../../examples/cluster/nats-server.ts";
import { type Marked, marked, markOf, textOf } from "./marked.ts";
import { Replica } from "./replica.ts";

/** How much a case does. */
export interface Amounts {
  readonly keys: number;
  readonly rateSeconds: number;
  readonly kills: number;
  readonly updates: number;
  readonly moves: number;
}

/** Servers, a writer and replicas of one case, and what must hold of them whatever fails. */
export class World {
  readonly amounts: Amounts;
  readonly log: (text: string) => void;
  readonly replicas: Replica[] = [];
  servers: NatsServer[] = [];
  readonly #stores: SnapshotStore[] = [];
  readonly #directories: string[] = [];
  /** The last mark that was acknowledged, and the last one that was tried. */
  #acknowledged = 0;
  #tried = 0;

  constructor(amounts: Amounts, log: (text: string) => void) {
    this.amounts = amounts;
    this.log = log;
  }

  get acknowledged(): number {
    return this.#acknowledged;
  }

  async startServers(count: 1 | 3 = 1): Promise<void> {
    this.servers = count === 1 ? [await NatsServer.start()] : await NatsServer.startThree();
  }

  /** Connects; a cluster needs a moment after its start. */
  async connect(): Promise<NatsStore> {
    for (let attempt = 0;; attempt++) {
      const store = this.open();
      try {
        await store.engine.identity();
        return store;
      } catch (error) {
        await store.close();
        if (attempt === 60) throw error;
        await sleep(500);
      }
    }
  }

  open(): NatsStore {
    const servers = this.servers.map(({ url }) => url);
    const replicas = servers.length;
    const store = NatsStore.open({ servers, bucket: "xds", replicas, heartbeatMs: 500, timeoutMs: 1_000 });
    this.#stores.push(store);
    return store;
  }

  /** Starts a replica, and looks at all that it serves. */
  async startReplica(
    { copyTo, store }: { readonly copyTo?: string; readonly store?: SnapshotStore } = {},
  ): Promise<Replica> {
    const options = { retryMs: 100, maxRetryMs: 1_000, ...copyTo !== undefined && { copyTo } };
    const errors: string[] = [];
    const onError = (error: unknown) => void errors.push(error instanceof Error ? error.message : String(error));
    const cache = new ReplicatedCache(store ?? this.open(), { ...options, onError });
    const replica = new Replica(cache, errors);
    this.replicas.push(replica);
    return replica;
  }

  async directory(): Promise<string> {
    const directory = await mkdtemp(join(tmpdir(), "faults-"));
    this.#directories.push(directory);
    return directory;
  }

  /** Publishes the next mark on as many resources; what fails is tried again, as a publisher would. */
  async publish(store: SnapshotStore, { size = 5 }: { readonly size?: number } = {}): Promise<number> {
    const mark = ++this.#tried;
    const start = performance.now();
    while (true) {
      try {
        await store.publish("all", marked({ mark, size }));
        this.#acknowledged = Math.max(this.#acknowledged, mark);
        return mark;
      } catch (error) {
        if (performance.now() - start > 60_000) throw error;
        await sleep(50);
      }
    }
  }

  /** Publishes again and again while something else happens. */
  async publishWhile(store: SnapshotStore, work: () => Promise<void>): Promise<void> {
    let isOver = false;
    const publishing = (async () => {
      while (!isOver) {
        await this.publish(store);
        await sleep(10);
      }
    })();
    try {
      await work();
    } finally {
      isOver = true;
      await publishing;
    }
  }

  /** Waits until a replica serves a mark. @returns how long that took, in milliseconds */
  async reaches(mark: number, replicas: readonly Replica[] = this.replicas): Promise<number> {
    const start = performance.now();
    await this.until(
      () => replicas.every((each) => each.mark === mark),
      () => `the replicas serve ${replicas.map((each) => each.mark)} instead of ${mark}`,
    );
    return Math.round(performance.now() - start);
  }

  async until(condition: () => boolean | Promise<boolean>, what: string | (() => string)): Promise<void> {
    const start = performance.now();
    while (!await condition()) {
      if (performance.now() - start > 60_000) {
        throw new Error(`After 60 s: ${typeof what === "string" ? what : what()}`);
      }
      await sleep(10);
    }
  }

  /**
   * What must hold after every fault: nothing acknowledged is lost, all replicas serve what the store has, and none ever
   * served a part of a publication, or removed most of what it had.
   */
  async check(store: SnapshotStore, { isLossAllowed = false } = {}): Promise<void> {
    const { snapshot } = await store.get("all");
    const mark: Marked = markOf(snapshot);
    if (!isLossAllowed) {
      assert.ok(mark.mark >= this.#acknowledged, `${mark.mark}, of ${this.#acknowledged} acknowledged`);
    }
    await this.until(
      () => this.replicas.every((each) => textOf(each.snapshot) === textOf(snapshot)),
      "the replicas do not serve what the store has",
    );
    for (const each of this.replicas) each.check();
  }

  async close(): Promise<void> {
    for (const { cache } of this.replicas) await cache.close();
    for (const store of this.#stores) await store.close();
    for (const server of this.servers) await server.remove();
    for (const directory of this.#directories) await rm(directory, { recursive: true, force: true });
  }
}
