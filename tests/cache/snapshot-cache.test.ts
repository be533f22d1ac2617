import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { NodeSchema } from "../../gen/envoy/config/core/v3/base_pb.ts";
import { Snapshot, SnapshotCache, type View } from "../../mod.ts";
import { cluster, CLUSTER_TYPE, ENDPOINT_TYPE } from "../../src/v3/mod.ts";

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
