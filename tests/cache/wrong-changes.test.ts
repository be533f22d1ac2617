import { describe, expect, it } from "vitest";
import { LinearCache, Snapshot, SnapshotCache, type SnapshotChange, snapshotsFrom } from "../../mod.ts";
import { cluster, CLUSTER_TYPE, clusterEndpoints, edsCluster, ENDPOINT_TYPE } from "../../src/v3/mod.ts";

const endpoints = clusterEndpoints("app", ["10.0.0.1:8080"]);

describe("a change of a snapshot that is none", () => {
  it.each<[string, unknown, RegExp]>([
    ["a resource", endpoints, /^Cannot change a snapshot by a resource: give \{ update: \[resource, …\] \}/],
    ["a list", [endpoints], /^Cannot change a snapshot by a list: give \{ update: /],
    ["nothing", undefined, /^Cannot change a snapshot: give \{ update: /],
    ["a promise", Promise.resolve({ update: [] }), /^Cannot change a snapshot: give .*, not a promise$/],
    ["a part with a wrong name", { updates: [endpoints] }, /it has no option "updates"; did you mean "update"\?$/],
    ["a resource as update", { update: endpoints }, /its update must be a list of resources$/],
    ["a promise as update", { update: Promise.resolve([]) }, /its update must be a list of resources, not a promise$/],
    [
      "a list within the list",
      { update: [edsCluster("app", [])] },
      /^Cannot publish a list within the list: spread it/,
    ],
    ["a name as update", { update: ["app"] }, /^Cannot publish a list of anything but resources/],
    [
      "names without a type",
      { remove: ["app"] },
      /what is removed has a type, as in \{ \[CLUSTER_TYPE\]: \["app"\] \}$/,
    ],
    ["a resource to remove, in no list", { remove: endpoints }, /what is removed has a type/],
    ["a name in no list", { remove: { [ENDPOINT_TYPE]: "app" } }, /names to remove must be a list, such as \["app"\]$/],
    ["resources by type", { remove: { [ENDPOINT_TYPE]: [endpoints] } }, /names to remove must be texts$/],
  ])("is refused: %s", (_, change, message) => {
    const cache = new SnapshotCache();
    cache.setSnapshot("node1", edsCluster("app", []));
    const before = cache.getSnapshot("node1");
    expect(() => cache.updateSnapshot("node1", change as SnapshotChange)).toThrow(TypeError);
    expect(() => cache.updateSnapshot("node1", change as SnapshotChange)).toThrow(message);
    expect(cache.getSnapshot("node1")).toBe(before);
  });

  it("is an error of the source where it is an event", async () => {
    const errors: unknown[] = [];
    const event = { key: "a", change: { updates: [endpoints] } as SnapshotChange };
    using cache = snapshotsFrom(() => [event], { onError: (error) => errors.push(error) });
    await expect.poll(() => String(errors[0])).toMatch(/it has no option "updates"; did you mean "update"\?$/);
    expect(cache.getSnapshot("a")).toBeUndefined();
  });

  it("is an error of types where it is a resource", () => {
    const wrong = (): Snapshot => {
      // @ts-expect-error: it goes into the list `update`
      return new Snapshot().with(endpoints);
    };
    expect(wrong).toThrow(TypeError);
  });
});

describe("a change of a LinearCache that is none", () => {
  it.each<[string, unknown, RegExp]>([
    ["a resource", cluster({ name: "a" }), /^Cannot change a LinearCache by a resource: give \{ update: /],
    ["a list", [cluster({ name: "a" })], /^Cannot change a LinearCache by a list/],
    ["a part with a wrong name", { updates: [] }, /it has no option "updates"; did you mean "update"\?$/],
    ["a name in no list", { remove: "app" }, /names to remove must be a list, such as \["app"\]$/],
    ["a list within the list", { update: [[cluster({ name: "a" })]] }, /^Cannot publish a list within the list/],
  ])("is refused: %s", (_, change, message) => {
    const cache = new LinearCache(CLUSTER_TYPE, { resources: [cluster({ name: "app" })] });
    expect(() => cache.apply(change as { update: [] })).toThrow(message);
    expect(cache.resources().map(({ name }) => name)).toEqual(["app"]);
  });

  it("is refused where it is a set of anything but resources", () => {
    const cache = new LinearCache(CLUSTER_TYPE);
    expect(() => cache.set(["app"] as never)).toThrow(/^Cannot publish a list of anything but resources/);
  });
});
