import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rawResource, Snapshot, SnapshotCache } from "../../mod.ts";
import { type FeedMessage, followSnapshots, SnapshotFeed } from "../../src/entries/feed.ts";

const TYPES = ["type.googleapis.com/example.A", "type.googleapis.com/example.B"];
const of = (type: number, name: string, content: number, ttlMs?: number) =>
  rawResource(TYPES[type]!, name, Uint8Array.of(content), ttlMs === undefined ? {} : { ttlMs });

/** A message as another thread receives it. */
const cloned = (message: FeedMessage) => structuredClone(message);

function contentOf(snapshot: Snapshot | undefined): unknown {
  return snapshot && TYPES.map((type) => ({
    version: snapshot.version(type),
    resources: [...snapshot.resources(type).values()]
      .map(({ name, version, bytes, ttlMs }) => `${name} ${version} ${bytes} ${ttlMs}`).sort(),
  }));
}

describe("SnapshotFeed", () => {
  it("sends the difference to the publication before", () => {
    const feed = new SnapshotFeed();
    const sent: FeedMessage[] = [];
    feed.setSnapshot("k", new Snapshot({ resources: [of(0, "a", 1), of(0, "b", 1), of(1, "a", 1)] }));
    feed.connect((message) => sent.push(message));
    feed.setSnapshot("k", feed.getSnapshot("k")!.with({ update: [of(0, "b", 2)], remove: { [TYPES[1]!]: ["a"] } }));
    expect(sent.map(({ types }) =>
      types!.map(({ typeUrl, update, remove }) => [
        TYPES.indexOf(typeUrl),
        update.map(({ name }) => name),
        remove,
      ])
    )).toEqual([
      [[0, ["a", "b"], []], [1, ["a"], []]],
      [[0, ["b"], []], [1, [], ["a"]]],
    ]);
  });

  it("sends the bytes of a resource without those that share memory with it", () => {
    const feed = new SnapshotFeed();
    const sent: FeedMessage[] = [];
    feed.connect((message) => sent.push(cloned(message)));
    const resources = Array.from({ length: 20 }, (_, i) => of(0, `${i}`, i));
    for (const resource of resources) void resource.deltaRecord;
    expect(resources[10]!.bytes.buffer.byteLength).toBeGreaterThan(100);
    feed.setSnapshot("k", new Snapshot({ resources }));
    for (const { bytes } of sent[0]!.types![0]!.update) expect(bytes.buffer.byteLength).toBe(1);
  });

  it("sends nothing to a replica that was removed", () => {
    const feed = new SnapshotFeed();
    const sent: FeedMessage[] = [];
    feed.connect((message) => sent.push(message))();
    feed.setSnapshot("k", new Snapshot());
    expect(sent).toEqual([]);
  });

  it("makes every replica equal to it, whenever that connects", () => {
    const resources = fc.array(
      fc.tuple(
        fc.nat(1),
        fc.constantFrom("a", "b", "c"),
        fc.nat(2),
        fc.option(fc.constant(60_000), { nil: undefined }),
      ),
      { maxLength: 6 },
    ).map((list) => list.map((args) => of(...args)));
    const step = fc.oneof(
      fc.record({ kind: fc.constant("set" as const), resources, version: fc.option(fc.constantFrom("1", "2")) }),
      fc.record({ kind: fc.constant("with" as const), resources, remove: fc.subarray(["a", "b", "c"]) }),
      fc.record({ kind: fc.constant("clear" as const) }),
      fc.record({ kind: fc.constant("connect" as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const feed = new SnapshotFeed();
        const replicas: SnapshotCache[] = [];
        for (const each of steps) {
          if (each.kind === "connect") {
            const cache = new SnapshotCache();
            const follow = followSnapshots(cache);
            feed.connect((message) => follow(cloned(message)));
            replicas.push(cache);
          } else if (each.kind === "clear") feed.clearSnapshot("k");
          else if (each.kind === "with") {
            const before = feed.getSnapshot("k");
            const remove = { [TYPES[0]!]: each.remove };
            if (before) feed.setSnapshot("k", before.with({ update: each.resources, remove }));
          } else {
            const { resources, version } = each;
            feed.setSnapshot("k", new Snapshot({ resources, ...version !== null && { version } }));
          }
          for (const replica of replicas) {
            expect(contentOf(replica.getSnapshot("k"))).toEqual(contentOf(feed.getSnapshot("k")));
          }
        }
      }),
    );
  });
});
