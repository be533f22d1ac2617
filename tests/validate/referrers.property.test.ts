import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Admission, type Resource, resource, Snapshot, SnapshotCache } from "../../mod.ts";
import { cluster, CLUSTER_TYPE, route, ROUTE_TYPE } from "../../src/v3/mod.ts";
import { admitValid } from "../../src/validate/mod.ts";
import type { Reference } from "../../src/validate/findings.ts";
import { Referrers } from "../../src/validate/references/referrers.ts";
import { StringValueSchema } from "@bufbuild/protobuf/wkt";

const NAMES = ["a", "b", "c"];
const name = fc.constantFrom(...NAMES);
const names = fc.uniqueArray(name);

function routeTo(name: string, targets: readonly string[]): Resource {
  const routes = targets.map((target) => ({
    match: { pathSpecifier: { case: "prefix" as const, value: `/${target}` } },
    action: { case: "route" as const, value: { clusterSpecifier: { case: "cluster" as const, value: target } } },
  }));
  return route({ name, virtualHosts: [{ name: "all", domains: ["*"], routes }] });
}

/** A change of the clusters and routes of one of two groups of clients, or all of them anew. */
const step = fc.record({
  key: fc.constantFrom("one", "two"),
  anew: fc.boolean(),
  clusters: names,
  routes: fc.uniqueArray(fc.tuple(name, names), { maxLength: 2, selector: ([name]) => name }),
  remove: fc.record({ clusters: names, routes: names }),
});

describe("admitValid()", () => {
  it("finds the same in a change, whatever it has seen before", () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 12 }), fc.boolean(), (steps, isStrict) => {
      const options = { rules: { reference: isStrict ? "error" : "warning" } } as const;
      const old = admitValid(options);
      const cache = new SnapshotCache({
        admit: (change: Admission) => {
          const found = old(change);
          expect(found).toEqual(admitValid(options)(change));
          return found;
        },
      });
      for (const { key, anew, clusters, routes, remove } of steps) {
        const update = [
          ...clusters.map((name) => cluster({ name, connectTimeout: { seconds: 1n } })),
          ...routes.map(([name, targets]) => routeTo(name, targets)),
        ];
        const before = anew ? new Snapshot() : cache.getSnapshot(key) ?? new Snapshot();
        const removed = { [CLUSTER_TYPE]: remove.clusters, [ROUTE_TYPE]: remove.routes };
        try {
          cache.setSnapshot(key, before.with({ update, remove: removed }));
        } catch (error) {
          if (!isStrict || (error as Error).name !== "AdmissionError") throw error;
        }
      }
    }));
  });
});

const TYPE = "type.googleapis.com/google.protobuf.StringValue";

describe("Referrers", () => {
  it("has what refers to a target now, and forgets what did when that is more", () => {
    const references = new Map<Resource, Reference[]>();
    const referrers = new Referrers((resource) => references.get(resource)!);
    const tableOf = (generation: number): ReadonlyMap<string, Resource> => {
      const value = resource(StringValueSchema, {}, { name: `r${generation}` });
      const targets = Array.from({ length: 3_000 }, (_, i) => `${generation}-${i}`);
      references.set(
        value,
        [...targets, "shared"].map((name) => {
          return { typeUrl: "t/x", name, rule: "", path: "", isRejected: false };
        }),
      );
      return new Map([[value.name, value]]);
    };
    let before = tableOf(0);
    referrers.cover({ resources: () => before }, [TYPE]);
    for (let generation = 1; generation <= 20; generation++) {
      const after = tableOf(generation);
      referrers.follow({
        before: { resources: () => before },
        after: { resources: () => after },
        types: [TYPE],
        update: after.values(),
      });
      referrers.cover({ resources: () => after }, [TYPE]);
      before = after;
      const names = referrers.of({ typeUrl: "t/x", name: "shared" }).map(({ name }) => name);
      expect(names).toContain(`r${generation}`);
      expect(names.length).toBeLessThanOrEqual(8);
    }
  });
});
