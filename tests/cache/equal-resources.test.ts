import { describe, expect, it } from "vitest";
import { type Resource, type ResourceOptions, Snapshot, SnapshotCache } from "../../mod.ts";
import { cluster, CLUSTER_TYPE } from "../../src/v3/mod.ts";
import type { PersistentMap } from "../../src/cache/persistent-map.ts";
import { EqualResources } from "../../src/cache/equal-resources.ts";
import { encodeAll } from "../../src/cache/encode-all.ts";

const make = (name: string, options?: ResourceOptions, seconds = 1n): Resource =>
  cluster({ name, connectTimeout: { seconds } }, options);

describe("SnapshotCache", () => {
  it("holds equal resources of several keys once", () => {
    const cache = new SnapshotCache();
    for (const key of ["first", "a", "b"]) cache.setSnapshot(key, new Snapshot({ resources: [make("x"), make(key)] }));
    expect(held(cache, "b", "x")).toBe(held(cache, "a", "x"));
    expect(held(cache, "b", "b")!.name).toBe("b");
  });

  it("holds equal resources once where they were changed by with()", () => {
    const cache = new SnapshotCache();
    for (const key of ["first", "a", "b"]) cache.setSnapshot(key, new Snapshot());
    for (const key of ["first", "a", "b"]) {
      cache.setSnapshot(key, cache.getSnapshot(key)!.with({ update: [make("y"), make("x")] }));
    }
    expect(held(cache, "b", "x")).toBe(held(cache, "a", "x"));
    const { base } = cache.getSnapshot("b")!.set(CLUSTER_TYPE);
    expect(base!.update).toEqual([held(cache, "a", "y"), held(cache, "a", "x")]);
    expect(base!.update[1]).toBe(held(cache, "a", "x"));
  });

  it("holds the sets of equal snapshots once, and changes one without the others", () => {
    const cache = new SnapshotCache();
    const keys = ["first", "a", "b", "c"];
    for (const key of keys) cache.setSnapshot(key, new Snapshot({ resources: [make("x"), make("y")] }));
    const maps = keys.map((key) => {
      return (cache.getSnapshot(key)!.resources(CLUSTER_TYPE) as PersistentMap<Resource>).freeze();
    });
    expect(maps[2]).toBeDefined();
    expect(maps[3]).toBe(maps[2]);
    cache.updateSnapshot("a", { update: [make("x", {}, 2n)], remove: { [CLUSTER_TYPE]: ["y"] } });
    expect(cache.getSnapshot("b")!.resources(CLUSTER_TYPE).size).toBe(2);
    expect(held(cache, "b", "x")).toBe(held(cache, "c", "x"));
    expect(held(cache, "a", "x")).not.toBe(held(cache, "b", "x"));
  });

  it("holds what it had where the same content is published again", () => {
    const cache = new SnapshotCache();
    cache.setSnapshot("a", new Snapshot({ resources: [make("x"), make("y")] }));
    const [x, y] = [held(cache, "a", "x"), held(cache, "a", "y")];
    cache.setSnapshot("a", new Snapshot({ resources: [make("x"), make("y", {}, 2n)] }));
    expect(held(cache, "a", "x")).toBe(x);
    expect(held(cache, "a", "y")).not.toBe(y);
  });

  it("leaves an earlier snapshot as it was", () => {
    const cache = new SnapshotCache();
    const before = new Snapshot({ resources: [make("x")] });
    const x = before.get(CLUSTER_TYPE, "x");
    cache.setSnapshot("a", before);
    cache.setSnapshot("a", before.with({ update: [make("x", {}, 2n)] }));
    cache.setSnapshot("a", before.with({ update: [make("x"), make("y")] }));
    expect(before.get(CLUSTER_TYPE, "x")).toBe(x);
    expect(before.resources(CLUSTER_TYPE).size).toBe(1);
  });
});

describe("EqualResources", () => {
  it.each<[what: string, other: Resource]>([
    ["content", make("x", { version: "1" }, 2n)],
    ["a ttl", make("x", { version: "1", ttlMs: 1000 })],
    ["an alias", make("x", { version: "1", aliases: ["y"] })],
    ["a version", make("x", { version: "2" })],
    ["a name", cluster({ name: "x", connectTimeout: { seconds: 1n } }, { name: "y", version: "1" })],
  ])("shares no resource that differs in %s", (_what, other) => {
    const known = new EqualResources();
    encodeAll([known.share(make("x", { version: "1" })), other]);
    expect(known.share(other)).toBe(other);
  });

  it("finds each of several that have the same version and similar names", () => {
    const known = new EqualResources();
    const names = Array.from({ length: 26 }, (_, i) => String.fromCharCode(97 + i));
    const first = names.map((name) => known.share(make(name, { version: "1" })));
    names.forEach((name, i) => expect(known.share(make(name, { version: "1" }))).toBe(first[i]));
  });

  it("is bounded, and finds what was published last", () => {
    const known = new EqualResources();
    const first = known.share(make("first"));
    for (let i = 0; i < 16_384; i++) known.share(make(`${i}`));
    expect(known.share(make("first"))).not.toBe(first);
    const last = known.share(make("last"));
    expect(known.share(make("last"))).toBe(last);
  });
});

function held(cache: SnapshotCache, key: string, name: string): Resource | undefined {
  return cache.getSnapshot(key)!.get(CLUSTER_TYPE, name);
}
