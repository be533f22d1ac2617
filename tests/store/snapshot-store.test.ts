import { describe, expect, it, vi } from "vitest";
import { Resource, Snapshot } from "../../mod.ts";
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

  it("writes nothing where nothing changes, and of 10,000 resources one in one value", async () => {
    const store = new SnapshotStore(new MemoryEngine());
    const snapshot = new Snapshot({ resources: clusters(10_000) });
    const first = await store.publish("edge", snapshot);
    // Pages, their list, the manifest, the declaration of the writer.
    expect(first.written.values).toBe(256 + 3);
    const { written: none } = await store.publish("edge", new Snapshot({ resources: clusters(10_000) }));
    expect(none).toEqual({ values: 0, bytes: 0 });
    const { written } = await store.update("edge", { update: [cluster({ name: "c5", altStatName: "new" })] });
    expect(written.values).toBe(1);
    expect(written.bytes).toBeLessThan(1_000);
  });

  it("looks at nothing that a change does not change", async () => {
    const store = new SnapshotStore(new MemoryEngine());
    await store.publish("edge", clusters(10_000));
    const versions = vi.spyOn(Resource.prototype, "version", "get");
    await store.update("edge", { update: [cluster({ name: "c5", altStatName: "new" })] });
    await store.update("edge", { remove: { [CLUSTER_TYPE]: ["c6"] } });
    expect(versions.mock.calls.length).toBeLessThan(20);
    versions.mockRestore();
  });

  it("writes changes to pages once the manifest has many of them, whole for every reader", async () => {
    const engine = new MemoryEngine();
    const store = new SnapshotStore(engine);
    await using replica = new ReplicatedCache(new SnapshotStore(engine));
    await store.publish("edge", clusters(2_000));
    let expected = new Snapshot({ resources: clusters(2_000) });
    let values = 0;
    for (let i = 0; i < 500; i++) {
      const change = {
        update: [cluster({ name: `c${i * 7 % 2_000}`, altStatName: `${i}` }), cluster({ name: `new${i}` })],
        remove: { [CLUSTER_TYPE]: [`c${i * 11 % 2_000}`, `new${i - 3}`] },
      };
      expected = expected.with(change);
      const { written } = await store.update("edge", change);
      values += written.values;
    }
    // Ten writes for each publication would be those of each page and content by itself.
    expect(values).toBeLessThan(4 * 500);
    expect(values).toBeGreaterThan(500 + 3);
    const version = expected.version(CLUSTER_TYPE);
    expect((await store.get("edge")).snapshot!.version(CLUSTER_TYPE)).toBe(version);
    expect((await new SnapshotStore(engine).get("edge")).snapshot!.version(CLUSTER_TYPE)).toBe(version);
    await vi.waitFor(() => expect(replica.getSnapshot("edge")!.version(CLUSTER_TYPE)).toBe(version));
    await store.collect();
    expect((await new SnapshotStore(engine).get("edge")).snapshot!.version(CLUSTER_TYPE)).toBe(version);
  });

  it("reads what is on a page that was read before, once it is in effect again", async () => {
    const store = new SnapshotStore(new MemoryEngine());
    const other = new SnapshotStore(store.engine);
    const [first] = clusters(1);
    await store.publish("edge", clusters(1_000));
    await store.update("edge", { update: clusters(1, "new"), remove: { [CLUSTER_TYPE]: ["c1"] } });
    const { snapshot } = await other.get("edge");
    expect(snapshot!.get(CLUSTER_TYPE, "c0")!.version).not.toBe(first!.version);
    await store.update("edge", { update: clusters(2) });
    const { snapshot: again } = await other.get("edge");
    expect(again!.get(CLUSTER_TYPE, "c0")).toMatchObject({ version: first!.version, bytes: first!.bytes });
    expect(again!.version(CLUSTER_TYPE)).toBe(new Snapshot({ resources: clusters(1_000) }).version(CLUSTER_TYPE));
  });

  it("does not bring back the pages of a type that was gone for a while", async () => {
    const store = new SnapshotStore(new MemoryEngine());
    const other = endpoints({ clusterName: "c0" });
    await store.publish("edge", [other, ...clusters(1_000)]);
    await store.publish("edge", [other]);
    await store.publish("edge", [other, cluster({ name: "alone" })]);
    const { snapshot } = await new SnapshotStore(store.engine).get("edge");
    expect([...snapshot!.resources(CLUSTER_TYPE).keys()]).toEqual(["alone"]);
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
