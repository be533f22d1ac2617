import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PersistentMap } from "../../src/cache/persistent-map.ts";

/** A copy made of any earlier one. */
interface Step {
  readonly from: number;
  readonly remove: readonly string[];
  readonly update: readonly (readonly [string, number])[];
}

const name = fc.integer({ min: 0, max: 150 }).map((i) => `n${i}`);
const step: fc.Arbitrary<Step> = fc.record({
  from: fc.nat(),
  remove: fc.array(name, { maxLength: 5 }),
  update: fc.array(fc.tuple(name, fc.nat()), { maxLength: 30 }),
});

describe("PersistentMap", () => {
  it("does not change any copy, whichever is changed or read next", () => {
    fc.assert(fc.property(fc.array(fc.tuple(name, fc.nat())), fc.array(step, { maxLength: 40 }), (first, steps) => {
      const copies = [{ is: new PersistentMap(new Map(first)), should: new Map(first) }];
      for (const { from, remove, update } of steps) {
        const before = copies[from % copies.length]!;
        const should = new Map(before.should);
        for (const name of remove) should.delete(name);
        for (const [name, value] of update) should.set(name, value);
        copies.push({ is: before.is.with({ remove, update: new Map(update) }), should });
        const read = copies[(from * 7) % copies.length]!;
        expect(read.is.get("n1")).toBe(read.should.get("n1"));
      }
      for (const { is, should } of copies) {
        expect(new Map(is)).toEqual(should);
        expect(is.size).toBe(should.size);
        expect([...is.keys()].every((name) => is.has(name))).toBe(true);
      }
    }));
  });

  it("iterates over its own entries while copies are made", () => {
    const map = new PersistentMap(new Map([["a", 1], ["b", 2]]));
    const seen: string[] = [];
    for (const [name] of map) {
      seen.push(name);
      map.with({ remove: ["a", "b"], update: new Map([["c", 3]]) });
    }
    expect(seen).toEqual(["a", "b"]);
  });
});
