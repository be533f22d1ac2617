import { describe, expect, it } from "vitest";
import { type Engine, MemoryEngine, SnapshotStore } from "../../src/store/mod.ts";
import { cluster, CLUSTER_TYPE } from "../../src/v3/mod.ts";
import { clusters } from "./replicas.ts";

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

  it("deletes nothing of a snapshot whose list of pages is content of its own", async () => {
    const store = new SnapshotStore(new MemoryEngine());
    await store.publish("edge", clusters(10_000));
    expect(await store.collect()).toEqual({ deleted: 0, kept: 256 + 1 });
    expect((await new SnapshotStore(store.engine).get("edge")).snapshot!.resources(CLUSTER_TYPE).size).toBe(10_000);
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
    const publishing = new SnapshotStore(slow).publish("edge", clusters(3, "x".repeat(2_000)));
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
