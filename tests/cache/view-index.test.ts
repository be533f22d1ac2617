import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rawResource, type Resource, type View } from "../../mod.ts";
import type { Aliasing } from "../../src/entries/api.ts";
import { AliasIndex, CollectionIndex } from "../../src/cache/mod.ts";
import { ResourceLog } from "../../src/cache/resource-log.ts";

const TYPE = "type.googleapis.com/example.Thing";
/** The content is the key, and anything from 3 on cannot be read. */
const ALIASING: Aliasing = {
  keysOf({ name, bytes: [key] }) {
    if (key! > 2) throw new Error("Cannot be read");
    return [`${name.slice(0, name.lastIndexOf("/") + 1)}key${key}`];
  },
  keysFor: (alias) => [alias],
};
const names = fc.constantFrom("x/a", "x/b", "y/a", "y/z/a", "plain");
const steps = fc.array(
  fc.record({
    update: fc.array(fc.tuple(names, fc.constantFrom(1, 1, 2, 3)), { maxLength: 3 }),
    remove: fc.array(names, { maxLength: 2 }),
    isRead: fc.boolean(),
  }),
  { maxLength: 30 },
);

describe.each([["while it has the log of changes", false], ["while its view is compacted", true]])(
  "an index of a view %s",
  (_, compacted) => {
    it("has the members of each collection after any changes", () => {
      fc.assert(fc.property(steps, (all) => {
        const { log, view } = open(compacted);
        for (const { update, remove, isRead } of all) {
          log.apply({ update: update.map(make), remove });
          if (isRead) CollectionIndex.of(view);
        }
        const index = CollectionIndex.of(view);
        const expected = Map.groupBy([...log].map(({ name }) => name).filter((name) => name !== "plain"), folderOf);
        expect([...index.collections].sort()).toEqual([...expected.keys()].sort());
        for (const [collection, members] of expected) {
          expect([...index.members(collection)].sort()).toEqual(members.sort());
        }
      }));
    });

    it("finds the resource of an alias after any changes, and the collections that changed since", () => {
      fc.assert(fc.property(steps, (all) => {
        const { log, view } = open(compacted);
        for (const { update, remove, isRead } of all) {
          if (isRead) AliasIndex.of(view, ALIASING);
          const since = log.revision;
          const before = isRead ? targetsIn(log) : undefined;
          log.apply({ update: update.map(make), remove });
          if (before === undefined) continue;
          const index = AliasIndex.of(view, ALIASING);
          for (const [alias, target] of targetsIn(log)) {
            expect(index.find(alias)?.name, alias).toBe(target);
            if (before.get(alias) !== target) expect(index.changedSince(folderOf(alias), since)).toBe(true);
          }
        }
      }));
    });
  },
);

/** A log, and the view of it to index. @param compacted - whether the view has no earlier revisions */
function open(compacted: boolean): { readonly log: ResourceLog; readonly view: View } {
  const log = new ResourceLog();
  return { log, view: compacted ? new Proxy(log, WITHOUT_CHANGES) : log };
}

const WITHOUT_CHANGES: ProxyHandler<ResourceLog> = {
  get(log, property) {
    if (property === "changesSince") return () => undefined;
    const value: unknown = Reflect.get(log, property, log);
    return typeof value === "function" ? value.bind(log) : value;
  },
};

/** The first resource, by name, of each alias. */
function targetsIn(log: ResourceLog): Map<string, string | undefined> {
  const aliases = ["x/key1", "x/key2", "y/key1", "y/z/key1"];
  return new Map(aliases.map((alias) => {
    const found = [...log].filter((resource) => resource.bytes[0]! < 3 && ALIASING.keysOf(resource).includes(alias));
    return [alias, found.map(({ name }) => name).sort()[0]];
  }));
}

function folderOf(name: string): string {
  return `${name.slice(0, name.lastIndexOf("/") + 1)}*`;
}

function make([name, content]: readonly [string, number]): Resource {
  return rawResource(TYPE, name, Uint8Array.of(content));
}
