import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CulpritSearch } from "../../src/stream/isolation/culprit-search.ts";

const NO_NAMES = { certain: [], likely: [], isWhole: true };

describe("CulpritSearch", () => {
  it("finds one of n by at most 2·log2(n)+2 responses, without a name in the reason", () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 3_000 }), fc.nat(), (n, at) => {
      const bad = `${at % n}`;
      const { responses, found, accepted } = search(n, (names) => names.has(bad));
      expect(found).toEqual([bad]);
      expect(accepted.size).toBe(n - 1);
      expect(responses).toBeLessThanOrEqual(2 * Math.log2(n) + 2);
    }));
  });

  it("finds each of several, and accepts all others", () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 200 }), fc.array(fc.nat(), { maxLength: 5 }), (n, places) => {
      const bad = new Set(places.map((at) => `${at % n}`));
      const { found, accepted } = search(n, (names) => [...names].some((name) => bad.has(name)));
      expect(new Set(found)).toEqual(bad);
      expect(accepted.size).toBe(n - bad.size);
    }));
  });

  it("ends for a client that rejects everything, after a number of responses that does not grow with n", () => {
    for (const n of [100, 10_000]) {
      const { responses, left } = search(n, () => true);
      expect(responses).toBeLessThanOrEqual(Math.min(2 * n + Math.log2(n) + 2, 1_025));
      expect(left.length > 0).toBe(n === 10_000);
    }
  });
});

/** Plays a client that rejects a response with all names, and then parts of it. */
function search(n: number, rejects: (names: ReadonlySet<string>) => boolean) {
  const machine = new CulpritSearch();
  const found: string[] = [];
  const accepted = new Set<string>();
  let left: readonly string[] = [];
  let responses = 0;
  let names: ReadonlySet<string> | undefined = new Set(Array.from({ length: n }, (_, i) => `${i}`));
  while (names !== undefined) {
    const sent: ReadonlySet<string> = new Set(names);
    responses++;
    if (rejects(sent)) found.push(...machine.rejected(sent, new Set(), NO_NAMES));
    else {
      for (const name of sent) accepted.add(name);
      machine.accepted(sent);
    }
    if (machine.isExhausted()) left = machine.end();
    names = machine.next();
  }
  return { responses, found, accepted, left };
}
