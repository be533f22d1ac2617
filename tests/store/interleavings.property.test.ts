import { fromBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, it } from "vitest";
import { ClusterSchema } from "../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { ClusterLoadAssignmentSchema } from "../../gen/envoy/config/endpoint/v3/endpoint_pb.ts";
import type { Resource, Snapshot } from "../../mod.ts";
import { type Engine, MemoryEngine, ReplicatedCache, SnapshotStore } from "../../src/store/mod.ts";
import { cluster, CLUSTER_TYPE, ENDPOINT_TYPE, endpoints } from "../../src/v3/mod.ts";

const KEYS = ["x", "y"] as const;
type Key = typeof KEYS[number];

/** What an actor does, one step after another. A number is that of the operation of the engine before which it dies. */
type Step =
  | { readonly do: "publish"; readonly key: Key; readonly size: number }
  | { readonly do: "update"; readonly key: Key; readonly size: number }
  | { readonly do: "clear"; readonly key: Key }
  | { readonly do: "collect"; readonly isLater: boolean };

interface Actor {
  readonly steps: readonly Step[];
  readonly diesAt: number | undefined;
}

const key = fc.constantFrom(...KEYS);
const size = fc.integer({ min: 0, max: 2 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("publish" as const), key, size }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("update" as const), key, size }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("clear" as const), key }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("collect" as const), isLater: fc.boolean() }) },
);
const actor: fc.Arbitrary<Actor> = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 4 }),
  diesAt: fc.option(fc.integer({ min: 0, max: 25 }), { nil: undefined }),
});

it("replicas serve whole snapshots in order, and nothing acknowledged or referred to is lost", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(actor, { minLength: 1, maxLength: 4 }), async (scheduler, actors) => {
      const engine = new MemoryEngine({ maxValueBytes: 400 });
      const world = new World(engine, scheduler);
      await using replica = new ReplicatedCache(new SnapshotStore(engine), { retryMs: 1, onError: () => {} });
      const seen = world.watch(replica);
      await scheduler.waitFor(Promise.all(actors.map((each, i) => world.play(each, i))));
      await world.check(replica, seen);
    }),
  );
}, 600_000);

/** The mark of each publication is in all of its resources. */
class World {
  readonly #engine: MemoryEngine;
  readonly #scheduler: fc.Scheduler;
  /** What was acknowledged last, by key: its revision and its mark, 0 if it was cleared. */
  readonly #acknowledged = new Map<Key, { readonly revision: number; readonly mark: number }>();
  /** The marks that may have been published and were not acknowledged. */
  readonly #marks = new Map<Key, Set<number>>(KEYS.map((each) => [each, new Set()]));
  #mark = 0;

  constructor(engine: MemoryEngine, scheduler: fc.Scheduler) {
    this.#engine = engine;
    this.#scheduler = scheduler;
  }

  async play({ steps, diesAt = Infinity }: Actor, i: number): Promise<void> {
    const store = new SnapshotStore(this.#scheduled(diesAt, `actor ${i}`));
    for (const each of steps) {
      try {
        await this.#do(store, each);
      } catch (error) {
        if (!(error instanceof Death)) throw error;
        return;
      }
    }
  }

  async #do(store: SnapshotStore, each: Step): Promise<void> {
    if (each.do === "collect") {
      const later = Date.now() + 3_600_000;
      await store.collect({ now: each.isLater ? () => later : Date.now });
      return;
    }
    const mark = each.do === "clear" ? 0 : ++this.#mark;
    this.#marks.get(each.key)!.add(mark);
    const { revision } = await this.#publish(store, each, mark);
    if (revision >= (this.#acknowledged.get(each.key)?.revision ?? 0)) {
      this.#acknowledged.set(each.key, { revision, mark });
    }
  }

  #publish(
    store: SnapshotStore,
    each: Exclude<Step, { do: "collect" }>,
    mark: number,
  ): ReturnType<SnapshotStore["clear"]> {
    if (each.do === "clear") return store.clear(each.key);
    const resources = marked(each.size, mark);
    if (each.do === "publish") return store.publish(each.key, resources);
    // It replaces all that another one may have, so that the mark is on everything.
    const names = Array.from({ length: 5 }, (_, i) => `${i}`);
    return store.update(each.key, { update: resources, remove: { [CLUSTER_TYPE]: names, [ENDPOINT_TYPE]: names } });
  }

  /** Each operation happens, and each result comes, when the scheduler says so. */
  #scheduled(diesAt: number, label: string): Engine {
    let operations = 0;
    const engine = this.#engine;
    const turn = async (what: string): Promise<void> => {
      await this.#scheduler.schedule(Promise.resolve(), `${label}: ${what}`);
      if (operations++ >= diesAt) throw new Death();
    };
    return {
      maxValueBytes: engine.maxValueBytes,
      identity: () => engine.identity(),
      async get(key) {
        await turn(`get ${key}`);
        return await engine.get(key);
      },
      async putIf(key, value, revision) {
        await turn(`${value ? "put" : "delete"} ${key}`);
        const written = await engine.putIf(key, value, revision);
        await turn(`has written ${key}`);
        return written;
      },
      async *list(prefix) {
        await turn(`list ${prefix}`);
        yield* engine.list(prefix);
      },
      watch: (prefix, options) => engine.watch(prefix, options),
      close: () => Promise.resolve(),
    };
  }

  /** The marks that a client of each key is given, one after another. */
  watch(replica: ReplicatedCache): Map<Key, number[]> {
    const seen = new Map<Key, number[]>();
    for (const key of KEYS) {
      const marks: number[] = [];
      seen.set(key, marks);
      const node = { id: key } as Parameters<ReplicatedCache["watch"]>[0]["node"];
      const subscription = { wildcard: true, names: new Set<string>() };
      replica.watch({ node, type: CLUSTER_TYPE, subscription }, () => {
        const found = marksOf(replica.getSnapshot(key));
        expect(found.length, "one publication, whole").toBeLessThan(2);
        if (found.length === 1 && marks.at(-1) !== found[0]) marks.push(found[0]!);
      });
    }
    return seen;
  }

  async check(replica: ReplicatedCache, seen: ReadonlyMap<Key, readonly number[]>): Promise<void> {
    // Whoever is dead is fenced off; what is left must do.
    const store = new SnapshotStore(this.#engine);
    await store.collect({ now: () => Date.now() + 3_600_000 });
    await replica.ready;
    for (const key of KEYS) {
      const { revision, snapshot } = await new SnapshotStore(this.#engine).get(key);
      const marks = marksOf(snapshot);
      expect(marks.length).toBeLessThan(2);
      const last = this.#acknowledged.get(key);
      if (last !== undefined) {
        expect(revision, "what was acknowledged is there, or what came after it").toBeGreaterThanOrEqual(last.revision);
        if (revision === last.revision && marks.length > 0) expect(marks).toEqual([last.mark]);
      }
      for (const mark of marks) expect(this.#marks.get(key)!.has(mark)).toBe(true);
      expect(new Set(seen.get(key)).size, "no client is given an earlier publication again").toBe(
        seen.get(key)!.length,
      );
      await until(() => textOf(replica.getSnapshot(key)) === textOf(snapshot));
    }
  }
}

class Death extends Error {}

/** A cluster and an assignment for each name; some are the same in all publications. */
function marked(size: number, mark: number): Resource[] {
  const names = Array.from({ length: size }, (_, i) => `${i}`);
  return [
    cluster({ name: "mark", altStatName: `${mark}` }),
    ...names.map((name) => cluster({ name, altStatName: `${mark}` })),
    ...names.map((clusterName) => endpoints({ clusterName, policy: { overprovisioningFactor: mark + 1 } })),
    endpoints({ clusterName: "mark", policy: { overprovisioningFactor: mark + 1 } }),
    cluster({ name: "same", altStatName: "x".repeat(900) }),
  ];
}

function marksOf(snapshot: Snapshot | undefined): number[] {
  if (snapshot === undefined) return [];
  const clusters = [...snapshot.resources(CLUSTER_TYPE).values()].filter(({ name }) => name !== "same");
  const marks = clusters.map(({ bytes }) => Number(fromBinary(ClusterSchema, bytes).altStatName));
  const factors = [...snapshot.resources(ENDPOINT_TYPE).values()].map(({ bytes }) =>
    fromBinary(ClusterLoadAssignmentSchema, bytes).policy!.overprovisioningFactor! - 1
  );
  return [...new Set([...marks, ...factors])];
}

function textOf(snapshot: Snapshot | undefined): string {
  return JSON.stringify(snapshot?.types.map((typeUrl) => [typeUrl, snapshot.version(typeUrl)]));
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(condition(), "the replica has what the store has").toBe(true);
}
