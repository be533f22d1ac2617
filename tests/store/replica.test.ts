import { describe, expect, it, vi } from "vitest";
import type { Cache, Resource } from "../../mod.ts";
import {
  type Engine,
  MemoryEngine,
  ReplicatedCache,
  type ReplicatedCacheOptions,
  type SnapshotCopy,
  SnapshotStore,
} from "../../src/store/mod.ts";
import { FakeClient } from "../../src/testing/mod.ts";
import { cluster, CLUSTER_TYPE, v3 } from "../../src/v3/mod.ts";

const FAST = { retryMs: 1, maxRetryMs: 5, onError: () => {} };

function clusters(count: number, alt = ""): Resource[] {
  return Array.from({ length: count }, (_, i) => cluster({ name: `c${i}`, altStatName: alt }));
}

/** A copy in memory. */
function copyOf(saved = new Map<string, Uint8Array>()): SnapshotCopy {
  return {
    async *load() {
      yield* saved.values();
    },
    save: (name, bytes) => Promise.resolve(void (bytes ? saved.set(name, bytes) : saved.delete(name))),
  };
}

/** An engine whose store can be another one from one moment to the next, or away. */
class Switch implements Engine {
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

async function storeWith(...publications: readonly (readonly Resource[])[]): Promise<SnapshotStore> {
  const store = new SnapshotStore(new MemoryEngine());
  for (const each of publications) await store.publish("edge", each);
  return store;
}

async function following(engine: Engine, options: ReplicatedCacheOptions = {}): Promise<ReplicatedCache> {
  const replica = new ReplicatedCache(new SnapshotStore(engine), { ...FAST, ...options });
  await replica.ready;
  return replica;
}

const sizeOf = (replica: ReplicatedCache) => replica.getSnapshot("edge")?.resources(CLUSTER_TYPE).size;

describe("a store that was replaced or rewound", () => {
  it("is held while the replica runs, until the operator accepts it, and further changes are held too", async () => {
    const engine = new Switch((await storeWith(clusters(10))).engine);
    await using replica = await following(engine);
    const other = await storeWith(clusters(1));
    engine.to(other.engine);
    await vi.waitFor(() => expect(replica.status().held).toEqual([{ key: "edge", removed: 9, of: 10 }]));
    await vi.waitFor(() => expect(replica.status().isConnected).toBe(true));
    await other.publish("edge", clusters(2));
    await vi.waitFor(() => expect(replica.status().held).toEqual([{ key: "edge", removed: 8, of: 10 }]));
    expect(sizeOf(replica)).toBe(10);
    expect(replica.accept()).toEqual(["edge"]);
    expect(sizeOf(replica)).toBe(2);
    await other.publish("edge", clusters(1));
    await vi.waitFor(() => expect(sizeOf(replica)).toBe(1));
  });

  it("is served where what is held comes back", async () => {
    const engine = new Switch((await storeWith(clusters(10))).engine);
    await using replica = await following(engine);
    const other = await storeWith(clusters(1));
    engine.to(other.engine);
    await vi.waitFor(() => expect(replica.status().held).toHaveLength(1));
    await other.publish("edge", clusters(9, "new"));
    await vi.waitFor(() => expect(sizeOf(replica)).toBe(9));
    expect(replica.status().held).toEqual([]);
  });

  it.each([
    ["another identity", () => new MemoryEngine()],
    ["no manifest", (engine: MemoryEngine) => sameIdentity(engine)],
  ])("is noticed by a replica that starts from its copy: %s", async (_, make) => {
    const store = await storeWith(clusters(10));
    const copy = copyOf();
    await (await following(store.engine, { copy })).close();
    const other = new SnapshotStore(make(store.engine as MemoryEngine));
    await other.publish("none", clusters(1));
    await using replica = await following(other.engine, { copy });
    await vi.waitFor(() => expect(replica.status().held).toEqual([{ key: "edge", removed: 10, of: 10 }]));
    expect(sizeOf(replica)).toBe(10);
  });

  it("is noticed by a replica that starts from its copy: a lower revision", async () => {
    const store = await storeWith(clusters(1), clusters(10));
    const copy = copyOf();
    await (await following(store.engine, { copy })).close();
    const rewound = new SnapshotStore(sameIdentity(store.engine as MemoryEngine));
    await rewound.publish("edge", clusters(1));
    await using replica = await following(rewound.engine, { copy });
    await vi.waitFor(() => expect(replica.status().held).toHaveLength(1));
    expect(sizeOf(replica)).toBe(10);
  });

  it("is noticed where its revisions have passed those that were seen", async () => {
    const seen = await storeWith(clusters(5), clusters(10));
    await seen.publish("other", clusters(3));
    const engine = new Switch(seen.engine);
    const errors: string[] = [];
    await using replica = await following(engine, { onError: (error) => void errors.push(String(error)) });
    await vi.waitFor(() => expect(sizeOf(replica)).toBe(10));
    const rewound = new SnapshotStore(sameIdentity(seen.engine as MemoryEngine));
    // The key that was seen has a higher revision now, and one below what was seen is new.
    await rewound.publish("new", clusters(1));
    for (let i = 0; i < 40; i++) await rewound.publish("other", clusters(3, `${i}`));
    for (let i = 0; i < 3; i++) await rewound.publish("edge", clusters(9, `${i}`));
    engine.to(rewound.engine);
    await vi.waitFor(() => expect(replica.getSnapshot("new")).toBeDefined());
    expect(errors.join()).toContain("was rewound");
  });

  it("is not suspected where it is the same: after interruptions, and after a start from the copy", async () => {
    const store = await storeWith(clusters(10));
    const copy = copyOf();
    const errors: string[] = [];
    const onError = (error: unknown) => void errors.push(String(error));
    const engine = new Switch(store.engine);
    await (await following(engine, { copy })).close();
    await store.publish("edge", clusters(1));
    await using replica = await following(engine, { copy, onError });
    await vi.waitFor(() => expect(sizeOf(replica)).toBe(1));
    for (let i = 2; i < 10; i++) {
      engine.to(store.engine);
      await store.publish("edge", clusters(i));
      await vi.waitFor(() => expect(sizeOf(replica)).toBe(i));
    }
    expect(errors.filter((each) => !each.includes("ended the watch"))).toEqual([]);
    expect(replica.status().held).toEqual([]);
  });
});

describe("a replica", () => {
  it("sends a client nothing that it has from another replica, and then the changes", async () => {
    const store = await storeWith(clusters(50));
    await using one = await following(store.engine);
    await using two = await following(store.engine);
    let current = one;
    const cache: Cache = { watch: (request, watcher) => current.watch(request, watcher) };
    const client = new FakeClient({ cache, api: v3, variant: "delta", node: { id: "edge" } });
    client.subscribe(CLUSTER_TYPE);
    expect(client.settle()).toHaveLength(1);
    current = two;
    client.reconnect();
    // The first response of a stream is sent in any case, so that the client knows that it has everything.
    expect(client.settle()).toMatchObject([{ resources: [], removed: [] }]);
    await store.publish("edge", [...clusters(49), cluster({ name: "c49", altStatName: "new" })]);
    await vi.waitFor(() => expect(sizeOf(two)).toBe(50));
    await vi.waitFor(() => {
      expect(client.settle().flatMap(({ resources }) => resources.map(({ name }) => name))).toEqual(["c49"]);
    });
    client.close();
  });

  it("is not held up by a key whose content is missing, and serves that once it is published anew", async () => {
    const store = await storeWith(clusters(10));
    for await (const { key } of store.engine.list("b/")) await store.engine.putIf(key, undefined);
    const writer = new SnapshotStore(store.engine);
    await writer.publish("other", clusters(1));
    await using replica = await following(store.engine);
    expect(replica.getSnapshot("other")).toBeDefined();
    expect(replica.status()).toMatchObject({ pending: 1, isConnected: true });
    expect(String(replica.status().error)).toContain("the store has no content");
    await writer.publish("third", clusters(1));
    await vi.waitFor(() => expect(replica.getSnapshot("third")).toBeDefined());
    // The writer of it still knows what it had.
    await store.publish("edge", clusters(3, "new"));
    await vi.waitFor(() => expect(sizeOf(replica)).toBe(3));
    await vi.waitFor(() => expect(replica.status().pending).toBe(0));
  });

  it("says how far it may be behind: since it has not followed the store", async () => {
    const store = await storeWith(clusters(1));
    const engine = new Switch(store.engine);
    await using replica = await following(engine);
    await vi.waitFor(() => expect(replica.status().lagMs).toBe(0));
    engine.to(undefined);
    await vi.waitFor(() => expect(replica.status().lagMs).toBeGreaterThan(20));
    expect(replica.status()).toMatchObject({ isConnected: false, isStale: true });
    engine.to(store.engine);
    await vi.waitFor(() => expect(replica.status()).toMatchObject({ lagMs: 0, isStale: false }));
  });

  it("that is closed before it is ready rejects ready, and continues no attempt", async () => {
    const engine = new Switch();
    const identity = vi.spyOn(engine, "identity");
    const replica = new ReplicatedCache(new SnapshotStore(engine), FAST);
    await vi.waitFor(() => expect(identity).toHaveBeenCalled());
    await replica.close();
    await expect(replica.ready).rejects.toThrow("closed before it was ready");
    const { length } = identity.mock.calls;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(identity.mock.calls).toHaveLength(length);
  });

  it("starts from its copy while the engine is away, and is stale until it has seen it", async () => {
    const store = await storeWith(clusters(3));
    const copy = copyOf();
    await (await following(store.engine, { copy })).close();
    const engine = new Switch();
    await using replica = await following(engine, { copy });
    expect(sizeOf(replica)).toBe(3);
    expect(replica.status()).toMatchObject({ isStale: true, isConnected: false, isReady: true });
    engine.to(store.engine);
    await vi.waitFor(() => expect(replica.status().isStale).toBe(false));
  });
});

/** Another store that claims to be the same, as one that was put back. */
function sameIdentity(engine: MemoryEngine): MemoryEngine {
  const other = new MemoryEngine();
  other.identity = () => engine.identity();
  return other;
}
