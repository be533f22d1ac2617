import { describe, expect, it, vi } from "vitest";
import { MemoryEngine, SnapshotStore } from "../../src/store/mod.ts";
import { clusters, copyOf, following, sizeOf, storeWith, Switch } from "./replicas.ts";

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

  it("is noticed where the first one goes away before the replica has looked at all of it", async () => {
    const [engine, other] = [new Switch((await storeWith(clusters(10))).engine), await storeWith(clusters(1))];
    const { list } = engine;
    let lists = 0;
    engine.list = async function* (prefix) {
      // The second time is when all that was watched has been read.
      if (++lists === 2) {
        engine.to(other.engine);
        throw new Error("The engine is away");
      }
      yield* list(prefix);
    };
    await using replica = await following(engine);
    await vi.waitFor(() => expect(replica.status().held).toEqual([{ key: "edge", removed: 9, of: 10 }]));
    expect(sizeOf(replica)).toBe(10);
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

/** Another store that claims to be the same, as one that was put back. */
function sameIdentity(engine: MemoryEngine): MemoryEngine {
  const other = new MemoryEngine();
  other.identity = () => engine.identity();
  return other;
}
