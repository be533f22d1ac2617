import { describe, expect, it } from "vitest";
import { LinearCache, type Resource, resource, Snapshot, SnapshotCache } from "../../mod.ts";
import { cluster, SECRET_TYPE } from "../../src/v3/mod.ts";
import { MARK, Outputs } from "./outputs.ts";
import { FIELDS, inMetadata, keyOf, RESOURCES, TLS_SECRET, withKey } from "./planted-resources.ts";
import { nameOf } from "./sensitive-fields.ts";

describe("a key", () => {
  it("is in each field that the API marks as sensitive", () => {
    // A new version of the API may have more: they are planted as well, once this is the new number.
    expect(FIELDS.map(nameOf)).toHaveLength(28);
    for (const each of RESOURCES) expect(new TextDecoder("latin1").decode(each.bytes)).toContain(MARK);
  });

  it("is found by the test in each form in which it may be shown", () => {
    for (
      const shown of [MARK, new TextEncoder().encode(`x${MARK}`), btoa(`ab${MARK}cd`), new Error(MARK), [{ MARK }]]
    ) {
      const outputs = new Outputs();
      outputs.add("shown", shown);
      expect(outputs.leaks).not.toEqual([]);
    }
  });

  it("is not shown by resources, snapshots, caches and streams that are inspected", () => {
    const outputs = new Outputs();
    const cache = new SnapshotCache({ nodeHash: () => "all" });
    const snapshot = new Snapshot({ resources: [...RESOURCES, TLS_SECRET] });
    cache.setSnapshot("all", snapshot);
    for (const shown of [TLS_SECRET, snapshot, cache, snapshot.resources(SECRET_TYPE), [...RESOURCES]]) {
      outputs.add("inspected", shown);
      outputs.add("as a text", [String(shown), `${shown}`]);
    }
    expect(outputs.leaks).toEqual([]);
    expect(String(TLS_SECRET)).toMatch(/Secret "certificate" [0-9a-f]{16}, \d+ bytes$/);
    expect(JSON.parse(JSON.stringify(snapshot)).resources[SECRET_TYPE]).toBe(1);
  });

  it.each<readonly [string, () => Resource]>([
    ["text in the place of bytes", () => withKey({ specifier: { case: "inlineBytes", value: keyOf(0) } })],
    ["text in the place of a message", () => withKey(keyOf(0))],
    ["a number that is a text", () => cluster({ name: "c", connectTimeout: { seconds: keyOf(0) } as never })],
    ["a text in the place of an object", () => cluster({ name: "c", metadata: inMetadata(keyOf(0)) })],
    ["an enum that is a text", () => cluster({ name: "c", lbPolicy: keyOf(0) as never })],
    [
      "a text in the place of a list",
      () => resource(FIELDS.at(-3)!.parent, { keys: keyOf(0) } as never, { name: "k" }),
    ],
  ])("is not in the error of a resource that cannot be encoded: %s", (_, make) => {
    const outputs = new Outputs();
    const attempt = (what: string, action: () => unknown): void => {
      try {
        action();
      } catch (error) {
        outputs.add(what, error);
      }
    };
    attempt("resource", () => outputs.add("resource", [make(), make().bytes.length]));
    attempt("SnapshotCache", () => new SnapshotCache().setSnapshot("a", new Snapshot({ resources: [make()] })));
    attempt("LinearCache", () => new LinearCache(SECRET_TYPE).set([make()]));
    expect(outputs.leaks).toEqual([]);
  });
});
