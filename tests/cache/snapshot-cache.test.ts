import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { NodeSchema } from "../../gen/envoy/config/core/v3/base_pb.ts";
import { Snapshot, SnapshotCache, type View } from "../../mod.ts";
import { SnapshotFeed } from "../../src/entries/feed.ts";
import { cluster, CLUSTER_TYPE, edsCluster, ENDPOINT_TYPE } from "../../src/v3/mod.ts";

describe("SnapshotCache", () => {
  const node = create(NodeSchema, { id: "node" });
  const subscription = { wildcard: true, names: new Set<string>() };

  /** Watches for a moment, as a poll does. */
  function look(cache: SnapshotCache, type = CLUSTER_TYPE): View | undefined {
    let view: View | undefined;
    cache.watch({ node, type, subscription }, (seen) => view = seen).close();
    return view;
  }

  it("makes one view for all polls between two publications", () => {
    const cache = new SnapshotCache();
    cache.setSnapshot("node", new Snapshot({ resources: [cluster({ name: "a" })] }));
    const first = look(cache);
    expect([...first!].map(({ name }) => name)).toEqual(["a"]);
    expect(look(cache)).toBe(first);
    cache.setSnapshot("node", new Snapshot({ resources: [cluster({ name: "b" })] }));
    expect([...look(cache)!].map(({ name }) => name)).toEqual(["b"]);
  });

  it("has no status of unwatched views, and drops them with the snapshot", () => {
    const cache = new SnapshotCache();
    cache.setSnapshot("node", new Snapshot({ resources: [cluster({ name: "a" })] }));
    for (const type of [CLUSTER_TYPE, ENDPOINT_TYPE, "type.googleapis.com/any.Other"]) look(cache, type);
    expect(cache.status()).toMatchObject([{ types: [{ typeUrl: CLUSTER_TYPE, watches: 0 }] }]);
    cache.clearSnapshot("node");
    expect(cache.status()).toEqual([]);
    expect(look(cache)).toBeUndefined();
    expect(cache.status()).toEqual([]);
  });
});

describe.each([
  ["SnapshotCache", () => new SnapshotCache()],
  ["SnapshotFeed", () => new SnapshotFeed()],
])("%s.setSnapshot", (_, create) => {
  const namesIn = (cache: SnapshotCache | SnapshotFeed) => {
    const snapshot = cache.getSnapshot("node");
    return snapshot?.types.flatMap((type) => [...snapshot.resources(type).keys()]);
  };

  it("takes a list of resources, or any other iterable of them", () => {
    const cache = create();
    cache.setSnapshot("node", [cluster({ name: "a" }), ...edsCluster("b", [])]);
    expect(namesIn(cache)).toEqual(["a", "b", "b"]);
    cache.setSnapshot("node", new Set([cluster({ name: "c" })]));
    expect(namesIn(cache)).toEqual(["c"]);
    cache.setSnapshot("node", []);
    expect(namesIn(cache)).toEqual([]);
  });

  it("keeps a snapshot as it is", () => {
    const cache = create();
    const snapshot = new Snapshot({ version: "1", resources: [cluster({ name: "a" })] });
    cache.setSnapshot("node", snapshot);
    expect(cache.getSnapshot("node")).toBe(snapshot);
  });

  it.each<[string, unknown, string]>([
    ["a list in the list", [edsCluster("a", [])], "spread it, as in [...edsCluster(name, hosts)]"],
    ["a message", [{ name: "a" }], "make them with resource(), or makers of v3"],
    ["nothing in the list", [undefined], "make them with resource(), or makers of v3"],
    ["a single resource", cluster({ name: "a" }), "give a Snapshot, or a list of resources"],
    ["nothing", undefined, "give a Snapshot, or a list of resources"],
    ["a text", "a", "give a Snapshot, or a list of resources"],
  ])("refuses %s with what to give, and publishes nothing", (_, content, message) => {
    const cache = create();
    expect(() => cache.setSnapshot("node", content as never)).toThrow(message);
    expect(cache.getSnapshot("node")).toBeUndefined();
  });

  it("is spared where a part changes: updateSnapshot", () => {
    const cache = create();
    cache.setSnapshot("node", [cluster({ name: "a" }), cluster({ name: "b" })]);
    const before = cache.getSnapshot("node")!;
    cache.updateSnapshot("node", { update: [cluster({ name: "c" })], remove: { [CLUSTER_TYPE]: ["a"] } });
    expect(namesIn(cache)).toEqual(["b", "c"]);
    expect(cache.getSnapshot("node")!.get(CLUSTER_TYPE, "b")).toBe(before.get(CLUSTER_TYPE, "b"));
  });

  it("has to come first: a change of nothing would take the rest from clients that are connected", () => {
    const cache = create();
    expect(() => cache.updateSnapshot("node", { update: [cluster({ name: "a" })] })).toThrow(
      'Cannot update the snapshot of "node": it has none; publish all of it with setSnapshot first',
    );
    expect(cache.getSnapshot("node")).toBeUndefined();
  });
});
