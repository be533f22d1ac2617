import fc from "fast-check";
import { expect, it } from "vitest";
import { type Resource, Snapshot, type SnapshotChange } from "../../mod.ts";
import { MemoryEngine, SnapshotStore } from "../../src/store/mod.ts";
import { cluster, CLUSTER_TYPE, ENDPOINT_TYPE, endpoints } from "../../src/v3/mod.ts";

/** Some of up to 600 names: every n-th of a range. */
interface Names {
  readonly from: number;
  readonly count: number;
  readonly every: number;
}

type Type = typeof CLUSTER_TYPE | typeof ENDPOINT_TYPE;

type Step =
  | { readonly do: "update"; readonly type: Type; readonly names: Names; readonly content: number }
  | { readonly do: "remove"; readonly type: Type; readonly names: Names }
  | { readonly do: "publish"; readonly types: readonly Type[]; readonly names: Names; readonly content: number }
  | { readonly do: "clear" }
  | { readonly do: "read"; readonly reader: number }
  | { readonly do: "collect" };

const names: fc.Arbitrary<Names> = fc.record({
  from: fc.integer({ min: 0, max: 300 }),
  count: fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 200 })),
  every: fc.constantFrom(1, 1, 3),
});
const type = fc.constantFrom<Type[]>(CLUSTER_TYPE, ENDPOINT_TYPE);
const content = fc.integer({ min: 1, max: 4 });
const types = fc.subarray<Type>([CLUSTER_TYPE, ENDPOINT_TYPE]);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("update" as const), type, names, content }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("remove" as const), type, names }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("publish" as const), types, names, content }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("clear" as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("read" as const), reader: fc.nat({ max: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("collect" as const) }) },
);

it("every reader has what was published, whatever it has read before and however it is stored", async () => {
  await fc.assert(fc.asyncProperty(
    // Pages and their lists are split; some changes are written into the manifest; many are.
    fc.constantFrom(500, 3_000, 1_000_000),
    fc.array(step, { minLength: 1, maxLength: 20 }),
    async (maxValueBytes, steps) => {
      const engine = new MemoryEngine({ maxValueBytes });
      const [writer, ...readers] = Array.from({ length: 3 }, () => new SnapshotStore(engine));
      let expected: Snapshot | undefined;
      for (const each of steps) {
        if (each.do === "collect") await writer!.collect();
        else if (each.do === "read") await expectSame([...readers, new SnapshotStore(engine)][each.reader]!, expected);
        else expected = await publish(writer!, each, expected);
      }
      await writer!.collect();
      for (const each of [writer!, ...readers, new SnapshotStore(engine)]) await expectSame(each, expected);
    },
  ));
}, 6_000_000);

async function publish(
  writer: SnapshotStore,
  step: Exclude<Step, { readonly do: "collect" | "read" }>,
  before: Snapshot | undefined,
): Promise<Snapshot | undefined> {
  if (step.do === "clear") {
    await writer.clear("edge");
    return undefined;
  }
  if (step.do === "publish") {
    const { names, types, content } = step;
    const resources = types.flatMap((type) => resourcesOf(type, names, content));
    await writer.publish("edge", resources);
    return new Snapshot({ resources });
  }
  const { type, names } = step;
  const change: SnapshotChange = step.do === "update"
    ? { update: resourcesOf(type, names, step.content) }
    : { remove: { [type]: namesOf(names) } };
  await writer.update("edge", change);
  return (before ?? new Snapshot()).with(change);
}

async function expectSame(store: SnapshotStore, expected: Snapshot | undefined): Promise<void> {
  const { snapshot } = await store.get("edge");
  expect(snapshot?.types).toEqual(expected?.types);
  for (const type of expected?.types ?? []) {
    expect(snapshot!.version(type)).toBe(expected!.version(type));
    const resources = snapshot!.resources(type);
    expect(resources.size).toBe(expected!.resources(type).size);
    for (const { name, bytes } of expected!.resources(type).values()) {
      expect(resources.get(name)!.bytes.length).toBe(bytes.length);
    }
  }
}

/** Content 4 is stored by itself. */
function resourcesOf(type: Type, names: Names, content: number): Resource[] {
  return namesOf(names).map((name) => {
    if (type === CLUSTER_TYPE) return cluster({ name, altStatName: "x".repeat(content === 4 ? 1_100 : content) });
    return endpoints({ clusterName: name, policy: { overprovisioningFactor: content } });
  });
}

function namesOf({ from, count, every }: Names): string[] {
  return Array.from({ length: count }, (_, i) => `n${from + i * every}`);
}
