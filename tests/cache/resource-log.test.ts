import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rawResource, type Resource } from "../../mod.ts";
import { ResourceLog } from "../../src/cache/resource-log.ts";

const TYPE = "type.googleapis.com/example.Thing";
/** How many versions of a name the log remembers, to see that it changed back. */
const REMEMBERED = 8;
/** More removed names than are remembered. */
const MANY = 9_000;

const names = fc.constantFrom("a", "b", "c", "d", "__proto__", "");
const contents = fc.integer({ min: 1, max: 3 });
const changes = fc.array(
  fc.record({
    update: fc.array(fc.tuple(names, contents), { maxLength: 3 }),
    remove: fc.array(names, { maxLength: 2 }),
    whole: fc.boolean(),
  }),
  { maxLength: 40 },
);

describe("ResourceLog", () => {
  it("D2 tells for any history what a comparison of then and now tells", () => {
    fc.assert(
      fc.property(changes, (history) => {
        const log = new ResourceLog();
        const states: State[] = [new Map()];
        for (const { update, remove, whole } of history) {
          apply(log, { update: update.map(([name, content]) => make(name, content)), remove, whole });
          // A change of nothing is no revision.
          if (log.revision === states.length) states.push(stateOf(log));
          expect(log.revision).toBe(states.length - 1);
        }
        states.forEach((_, revision) => checkChanges(log, states, revision));
        expect(log.size).toBe(states.at(-1)!.size);
      }),
    );
  });

  it("D2 tells the same of what it still knows after many names have come and gone", () => {
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
    // What is too long ago is not told at all, and all later is.
    expect(known[0]).toBe(false);
    expect(known.at(-1)).toBe(true);
    expect(known).toEqual(known.toSorted());
    known.forEach((isKnown, revision) => isKnown && checkChanges(log, states, revision));
  });
});

type State = ReadonlyMap<string, Resource>;

function apply(
  log: ResourceLog,
  { update, remove, whole = false }: {
    readonly update: readonly Resource[];
    readonly remove: readonly string[];
    readonly whole?: boolean;
  },
): void {
  if (whole) log.replace(new Map(update.map((resource) => [resource.name, resource])));
  else log.apply({ update, remove });
}

function checkChanges(log: ResourceLog, states: readonly State[], revision: number): void {
  const [before, after] = [states[revision]!, states.at(-1)!];
  const told = log.changesSince(revision)!;
  for (const name of new Set([...before.keys(), ...after.keys(), ...told.keys()])) {
    const [from, to] = [before.get(name)?.version, after.get(name)?.version];
    const isTold = told.has(name);
    if (isTold) expect(told.get(name)?.version).toBe(to);
    // A name that changed very often may be told although it is as it was.
    else expect(from, name).toBe(to);
    if (isTold && from === to) expect(changesOf(states, revision, name)).toBeGreaterThan(REMEMBERED);
  }
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
