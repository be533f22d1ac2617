import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rawResource, type Resource } from "../../mod.ts";
import type { LogChanges } from "../../src/cache/log-changes.ts";
import { PersistentMap } from "../../src/cache/persistent-map.ts";
import { ResourceLog } from "../../src/cache/resource-log.ts";

const TYPE = "type.googleapis.com/example.Thing";
/** How many earlier versions of a name the log has, to see that the name changed back. */
const MAX_HISTORY = 8;
/** More removed names than the log has tombstones. */
const MANY = 9_000;

const NAMES = ["a", "b", "c", "d", "__proto__", ""];
const names = fc.constantFrom(...NAMES);
const contents = fc.integer({ min: 1, max: 3 });
const changes = fc.array(
  fc.record({
    update: fc.array(fc.tuple(names, contents), { maxLength: 3 }),
    remove: fc.array(names, { maxLength: 2 }),
    whole: fc.constantFrom<Whole>(false, "map", "snapshot"),
  }),
  { maxLength: 40 },
);

describe("ResourceLog", () => {
  it("D2 changesSince() is the difference between then and now, for any history", () => {
    fc.assert(
      fc.property(changes, (history) => {
        const log = new ResourceLog();
        const states: State[] = [new Map()];
        for (const { update, remove, whole } of history) {
          apply(log, { update: update.map(([name, content]) => make(name, content)), remove, whole });
          // A change without effect is not a revision.
          if (log.revision === states.length) states.push(stateOf(log));
          expect(log.revision).toBe(states.length - 1);
        }
        states.forEach((_, revision) => checkChanges(log, states, revision));
        expect(log.size).toBe(states.at(-1)!.size);
      }),
    );
  });

  it("D2 changesSince() has the same of a single name, read before all of them are listed", () => {
    fc.assert(
      fc.property(changes, (history) => {
        const log = new ResourceLog();
        for (const { update, remove, whole } of history) {
          apply(log, { update: update.map(([name, content]) => make(name, content)), remove, whole });
        }
        for (let revision = 0; revision <= log.revision; revision++) checkSingleNames(log, revision);
      }),
    );
  });

  it("D2 changesSince() is the same, or compacted, after many names were added and removed", () => {
    const log = new ResourceLog();
    const states: State[] = [new Map()];
    const next = (change: Parameters<typeof apply>[1]) => {
      apply(log, change);
      states.push(stateOf(log));
    };
    next({ update: [make("stays", 1), make("changes", 1)], remove: [] });
    for (let from = 0; from < MANY; from += 1_000) {
      const some = Array.from({ length: 1_000 }, (_, i) => `n${from + i}`);
      next({ update: some.map((name) => make(name, 1)), remove: [] });
      next({ update: [make("changes", 1 + (from / 1_000) % 3)], remove: some });
    }
    const known = states.map((_, revision) => log.changesSince(revision) !== undefined);
    // Revisions up to one were compacted, and none after it.
    expect(known[0]).toBe(false);
    expect(known.at(-1)).toBe(true);
    expect(known).toEqual(known.toSorted());
    known.forEach((isKnown, revision) => isKnown && checkChanges(log, states, revision));
  });
});

type State = ReadonlyMap<string, Resource>;
/** Whether a change replaces all, and by what. */
type Whole = false | "map" | "snapshot";

function apply(
  log: ResourceLog,
  { update, remove, whole = false }: {
    readonly update: readonly Resource[];
    readonly remove: readonly string[];
    readonly whole?: Whole;
  },
): void {
  if (whole) {
    const all = new Map(update.map((resource) => [resource.name, resource]));
    log.replace(whole === "map" ? all : new PersistentMap(all));
  } else log.apply({ update, remove });
}

function checkChanges(log: ResourceLog, states: readonly State[], revision: number): void {
  const [before, after] = [states[revision]!, states.at(-1)!];
  const changes = log.changesSince(revision)!;
  for (const name of new Set([...before.keys(), ...after.keys(), ...changes.keys()])) {
    const [from, to] = [before.get(name)?.version, after.get(name)?.version];
    const isListed = changes.has(name);
    if (isListed) expect(changes.get(name)?.version).toBe(to);
    // A name that changed very often may be listed although it changed back.
    else expect(from, name).toBe(to);
    if (isListed && from === to) expect(changesOf(states, revision, name)).toBeGreaterThan(MAX_HISTORY);
  }
}

function checkSingleNames(log: ResourceLog, revision: number): void {
  const changes = log.changesSince(revision) as LogChanges;
  const single = NAMES.map((name) => [name, changes.has(name), changes.get(name)] as const);
  const [maxSize, mayHaveRemovals] = [changes.maxSize, changes.mayHaveRemovals];
  const all = new Map(changes);
  expect(single).toEqual(NAMES.map((name) => [name, all.has(name), all.get(name)]));
  expect(maxSize).toBeGreaterThanOrEqual(all.size);
  expect(changes.size).toBe(all.size);
  if (!mayHaveRemovals) expect([...all.values()]).not.toContain(undefined);
}

function changesOf(states: readonly State[], since: number, name: string): number {
  const versions = states.slice(since).map((state) => state.get(name)?.version);
  return versions.filter((version, i) => i > 0 && version !== versions[i - 1]).length;
}

function stateOf(log: ResourceLog): State {
  return new Map([...log].map((resource) => [resource.name, resource]));
}

function make(name: string, content: number): Resource {
  return rawResource(TYPE, name || "empty", Uint8Array.of(content));
}
