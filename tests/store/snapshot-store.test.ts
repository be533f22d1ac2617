import { describe, expect, it, vi } from "vitest";
import { type Resource, Snapshot, SnapshotCache } from "../../mod.ts";
import { type Engine, MemoryEngine, ReplicatedCache, RevisionConflict, SnapshotStore } from "../../src/store/mod.ts";
import { cluster, CLUSTER_TYPE, ENDPOINT_TYPE, endpoints } from "../../src/v3/mod.ts";

function clusters(count: number, alt = ""): Resource[] {
  return Array.from({ length: count }, (_, i) => cluster({ name: `c${i}`, altStatName: i === 0 ? alt : "" }));
}

async function keysOf(engine: Engine, prefix: string): Promise<string[]> {
  const keys = [];
  for await (const { key } of engine.list(prefix)) keys.push(key);
  return keys;
}

describe("SnapshotStore", () => {
  it("gives the snapshot that was published, with its versions", async () => {
    const store = new SnapshotStore(new MemoryEngine());
    const snapshot = new Snapshot({ resources: [...clusters(300), endpoints({ clusterName: "c0" })] });
    const { revision } = await store.publish("edge", snapshot);
    const other = new SnapshotStore(store.engine);
    const found = await other.get("edge");
    expect(found.revision).toBe(revision);
    for (const typeUrl of [CLUSTER_TYPE, ENDPOINT_TYPE]) {
      expect(found.snapshot!.version(typeUrl)).toBe(snapshot.version(typeUrl));
      for (const { name, bytes, version } of snapshot.resources(typeUrl).values()) {
        expect(found.snapshot!.get(typeUrl, name)).toMatchObject({ bytes, version });
      }
      expect(found.snapshot!.resources(typeUrl).size).toBe(snapshot.resources(typeUrl).size);
    }
  });

  it("keeps ttl, aliases, versions of the user and types without resources", async () => {
    const store = new SnapshotStore(new MemoryEngine());
    const one = cluster({ name: "a" }, { ttlMs: 5_000, version: "mine" });
    const snapshot = new Snapshot({ version: "v7", resources: [one, endpoints({ clusterName: "x" })] })
      .with({ remove: { [ENDPOINT_TYPE]: ["x"] } });
    await store.publish("edge", snapshot);
    const { snapshot: found } = await new SnapshotStore(store.engine).get("edge");
    expect(found!.get(CLUSTER_TYPE, "a")).toMatchObject({ ttlMs: 5_000, version: "mine" });
    expect(found!.types).toEqual(snapshot.types);
    expect(found!.version(CLUSTER_TYPE)).toBe("v7");
    expect(found!.version("some/other")).toBe("v7");
  });

  it.each(["", "a/b", "ключ", "🚀", ".", "*", ">", "x".repeat(10_000)])("takes the key %j", async (key) => {
    const store = new SnapshotStore(new MemoryEngine());
    await store.publish(key, clusters(1));
    const [stored] = await keysOf(store.engine, "m/");
    expect(stored).toMatch(/^m\/[\w-]{43}$/);
    expect((await store.get(key)).snapshot!.get(CLUSTER_TYPE, "c0")).toBeDefined();
  });

  it("writes nothing where nothing changes, and of 10,000 resources one, its page and the manifest", async () => {
    const store = new SnapshotStore(new MemoryEngine());
    const snapshot = new Snapshot({ resources: clusters(10_000) });
    const first = await store.publish("edge", snapshot);
    expect(first.written.values).toBeGreaterThan(10_000);
    const { written: none } = await store.publish("edge", new Snapshot({ resources: clusters(10_000) }));
    expect(none).toEqual({ values: 0, bytes: 0 });
    const { written } = await store.update("edge", { update: [cluster({ name: "c5", altStatName: "new" })] });
    // The writer, the resource, its page, the manifest.
    expect(written.values).toBe(4);
    expect(written.bytes).toBeLessThan(25_000);
  });

  it("splits what is larger than a value may be", async () => {
    const store = new SnapshotStore(new MemoryEngine({ maxValueBytes: 1_000 }));
    const big = cluster({ name: "big", altStatName: "x".repeat(10_500) });
    await store.publish("edge", [big, ...clusters(200)]);
    const { snapshot } = await new SnapshotStore(store.engine).get("edge");
    expect(snapshot!.get(CLUSTER_TYPE, "big")!.bytes).toEqual(big.bytes);
    expect(snapshot!.resources(CLUSTER_TYPE).size).toBe(201);
  });

  it("refuses a publication whose key has another revision", async () => {
    const store = new SnapshotStore(new MemoryEngine());
    const { revision } = await store.publish("edge", clusters(1), { ifRevision: 0 });
    await expect(store.publish("edge", clusters(2), { ifRevision: 0 })).rejects.toThrow(RevisionConflict);
    await expect(store.publish("edge", clusters(2), { ifRevision: revision })).resolves.toBeDefined();
  });

  it("loses no change of two writers on one key", async () => {
    const engine = new MemoryEngine();
    const stores = [new SnapshotStore(engine), new SnapshotStore(engine)];
    await Promise.all(
      stores.flatMap((store, i) =>
        Array.from({ length: 10 }, (_, j) => store.update("edge", { update: [cluster({ name: `${i}-${j}` })] }))
      ),
    );
    expect((await stores[0]!.get("edge")).snapshot!.resources(CLUSTER_TYPE).size).toBe(20);
  });

  it("changes nothing by a resource that cannot be encoded", async () => {
    const store = new SnapshotStore(new MemoryEngine());
    await store.publish("edge", clusters(1));
    const bad = cluster({ name: "bad", connectTimeout: { nanos: 1.5 } });
    await expect(store.update("edge", { update: [bad] })).rejects.toThrow();
    expect(await keysOf(store.engine, "w/")).toEqual([]);
    expect((await store.get("edge")).snapshot!.resources(CLUSTER_TYPE).size).toBe(1);
  });
});

describe("a collection", () => {
  it("deletes what no manifest refers to, parts too, and nothing else", async () => {
    const store = new SnapshotStore(new MemoryEngine({ maxValueBytes: 1_000 }));
    await store.publish("edge", [cluster({ name: "big", altStatName: "x".repeat(5_000) }), ...clusters(300)]);
    await store.publish("other", clusters(300));
    await store.publish("edge", clusters(1, "other"));
    const { deleted } = await store.collect();
    expect(deleted).toBeGreaterThan(6);
    const fresh = new SnapshotStore(store.engine);
    expect((await fresh.get("other")).snapshot!.resources(CLUSTER_TYPE).size).toBe(300);
    expect((await fresh.get("edge")).snapshot!.resources(CLUSTER_TYPE).size).toBe(1);
    expect((await store.collect()).deleted).toBe(0);
  });

  it("leaves alone what a writer is about to refer to, and fences off one that takes too long", async () => {
    const memory = new MemoryEngine();
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const slow: Engine = new Proxy(memory, {
      get(target, name) {
        if (name !== "putIf") return Reflect.get(target, name).bind?.(target) ?? Reflect.get(target, name);
        return async (key: string, value: Uint8Array | undefined, revision?: number) => {
          if (key.startsWith("m/")) {
            reached.resolve();
            await gate.promise;
          }
          return memory.putIf(key, value, revision);
        };
      },
    });
    const publishing = new SnapshotStore(slow).publish("edge", clusters(3));
    await reached.promise;
    const store = new SnapshotStore(memory);
    expect((await store.collect()).deleted).toBe(0);
    const later = Date.now() + 3_600_000;
    expect((await store.collect({ now: () => later })).deleted).toBeGreaterThan(0);
    gate.resolve();
    await publishing;
    expect((await new SnapshotStore(memory).get("edge")).snapshot!.resources(CLUSTER_TYPE).size).toBe(3);
  });
});

describe("ReplicatedCache", () => {
  it("has the versions that a SnapshotCache gives, on every replica, and follows changes", async () => {
    const engine = new MemoryEngine();
    const store = new SnapshotStore(engine);
    await store.publish("edge", clusters(100));
    await using one = new ReplicatedCache(store);
    await using two = new ReplicatedCache(new SnapshotStore(engine));
    await Promise.all([one.ready, two.ready]);
    await store.update("edge", { update: clusters(1, "new"), remove: { [CLUSTER_TYPE]: ["c7"] } });
    const cache = new SnapshotCache();
    const expected = new Snapshot({ resources: clusters(100, "new") }).with({ remove: { [CLUSTER_TYPE]: ["c7"] } });
    cache.setSnapshot("edge", expected);
    for (const replica of [one, two]) {
      await vi.waitFor(() => {
        expect(replica.getSnapshot("edge")!.version(CLUSTER_TYPE)).toBe(expected.version(CLUSTER_TYPE));
      });
      expect(replica.status()).toMatchObject({ isConnected: true, isStale: false, pending: 0, lagMs: 0, held: [] });
    }
  });

  it("is ready with an empty store", async () => {
    await using replica = new ReplicatedCache(new SnapshotStore(new MemoryEngine()));
    await replica.ready;
  });
});
