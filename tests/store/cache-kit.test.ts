import { describe, it } from "vitest";
import { MemoryEngine, ReplicatedCache, SnapshotStore } from "../../src/store/mod.ts";
import { testCache } from "../../src/testing/mod.ts";

testCache({ describe, it }, {
  name: "ReplicatedCache",
  async create() {
    const store = new SnapshotStore(new MemoryEngine());
    const cache = new ReplicatedCache(store);
    await cache.ready;
    return {
      cache,
      publish: async ({ node, resources }) => void await store.publish(node.id, resources),
      close: () => cache.close(),
    };
  },
});
