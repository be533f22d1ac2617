import { describe, expect, it, vi } from "vitest";
import { type Cache, Snapshot, SnapshotCache } from "../../mod.ts";
import { MemoryEngine, ReplicatedCache, SnapshotStore } from "../../src/store/mod.ts";
import { FakeClient } from "../../src/testing/mod.ts";
import { cluster, CLUSTER_TYPE, v3 } from "../../src/v3/mod.ts";
import { clusters, copyOf, FAST, following, sizeOf, storeWith, Switch } from "./replicas.ts";

describe("a replica", () => {
  it("has the versions that a SnapshotCache gives, on every replica, and follows changes", async () => {
    const engine = new MemoryEngine();
    const store = new SnapshotStore(engine);
    await store.publish("edge", clusters(100));
    await using one = new ReplicatedCache(store);
    await using two = new ReplicatedCache(new SnapshotStore(engine));
    await Promise.all([one.ready, two.ready]);
    await store.update("edge", { update: clusters(1, "new"), remove: { [CLUSTER_TYPE]: ["c7"] } });
    const cache = new SnapshotCache();
    const expected = new Snapshot({ resources: [...clusters(1, "new"), ...clusters(100).slice(1)] })
      .with({ remove: { [CLUSTER_TYPE]: ["c7"] } });
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
    const store = await storeWith(clusters(10, "x".repeat(2_000)));
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

  it("leaves out what is damaged of its copy, and says so", async () => {
    const store = await storeWith(clusters(3));
    await store.publish("other", clusters(2, "x".repeat(2_000)));
    const saved = new Map<string, Uint8Array>();
    await (await following(store.engine, { copy: copyOf(saved) })).close();
    for (const [name, bytes] of saved) if (bytes.length > 4_000) saved.set(name, bytes.slice(0, -1));
    const errors: string[] = [];
    const onError = (error: unknown) => void errors.push(String(error));
    await using replica = await following(new Switch(), { copy: copyOf(saved), onError });
    expect(sizeOf(replica)).toBe(3);
    expect(replica.getSnapshot("other")).toBeUndefined();
    expect(errors[0]).toBe("Error: Cannot read a part of the copy of snapshots; it is left out");
  });
});
