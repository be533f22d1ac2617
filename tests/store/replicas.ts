import type { Resource } from "../../mod.ts";
import {
  type Engine,
  MemoryEngine,
  ReplicatedCache,
  type ReplicatedCacheOptions,
  type SnapshotCopy,
  SnapshotStore,
} from "../../src/store/mod.ts";
import { cluster, CLUSTER_TYPE } from "../../src/v3/mod.ts";

/** How a replica of the tests continues after errors. */
export const FAST = { retryMs: 1, maxRetryMs: 5, onError: () => {} };

/** So many clusters, all with the same content. */
export function clusters(count: number, alt = ""): Resource[] {
  return Array.from({ length: count }, (_, i) => cluster({ name: `c${i}`, altStatName: alt }));
}

/** A copy in memory. */
export function copyOf(saved = new Map<string, Uint8Array>()): SnapshotCopy {
  return {
    async *load() {
      yield* saved.values();
    },
    save: (name, bytes) => Promise.resolve(void (bytes ? saved.set(name, bytes) : saved.delete(name))),
  };
}

/** An engine whose store can be another one from one moment to the next, or away. */
export class Switch implements Engine {
  #engine: Engine | undefined;
  readonly #ended = new Set<AbortController>();

  constructor(engine?: Engine) {
    this.#engine = engine;
  }

  to(engine: Engine | undefined): void {
    this.#engine = engine;
    for (const each of this.#ended) each.abort();
  }

  get #now(): Engine {
    if (this.#engine === undefined) throw new Error("The engine is away");
    return this.#engine;
  }

  readonly maxValueBytes = 1_000_000;
  identity: Engine["identity"] = async () => this.#now.identity();
  get: Engine["get"] = async (key) => this.#now.get(key);
  putIf: Engine["putIf"] = async (...args) => this.#now.putIf(...args);
  list: Engine["list"] = (prefix) => this.#now.list(prefix);
  close: Engine["close"] = () => Promise.resolve();

  watch: Engine["watch"] = async function* (this: Switch, prefix: string, { fromRevision, signal }: {
    readonly fromRevision: number;
    readonly signal: AbortSignal;
  }) {
    const ended = new AbortController();
    this.#ended.add(ended);
    yield* this.#now.watch(prefix, { fromRevision, signal: AbortSignal.any([signal, ended.signal]) });
    this.#ended.delete(ended);
  }.bind(this);
}

/** A store to which each of some lists was published, one after another. */
export async function storeWith(...publications: readonly (readonly Resource[])[]): Promise<SnapshotStore> {
  const store = new SnapshotStore(new MemoryEngine());
  for (const each of publications) await store.publish("edge", each);
  return store;
}

/** A replica that is ready. */
export async function following(engine: Engine, options: ReplicatedCacheOptions = {}): Promise<ReplicatedCache> {
  const replica = new ReplicatedCache(new SnapshotStore(engine), { ...FAST, ...options });
  await replica.ready;
  return replica;
}

/** How many clusters a replica serves. */
export const sizeOf = (replica: ReplicatedCache) => replica.getSnapshot("edge")?.resources(CLUSTER_TYPE).size;
