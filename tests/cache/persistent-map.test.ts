import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PersistentMap } from "../../src/cache/persistent-map.ts";

/** A copy made of any earlier one. */
interface Step {
  readonly from: number;
  readonly remove: readonly string[];
  readonly update: readonly (readonly [string, number])[];
  /** The Map is handed out before the copy is made, or replaced by an equal one. */
  readonly handing: "none" | "freeze" | "adopt";
}

const name = fc.integer({ min: 0, max: 150 }).map((i) => `n${i}`);
const step: fc.Arbitrary<Step> = fc.record({
  from: fc.nat(),
  remove: fc.array(name, { maxLength: 5 }),
  update: fc.array(fc.tuple(name, fc.nat()), { maxLength: 30 }),
  handing: fc.constantFrom("none", "freeze", "adopt"),
});

describe("PersistentMap", () => {
  it("does not change any copy, whichever is changed or read next", () => {
    fc.assert(fc.property(fc.array(fc.tuple(name, fc.nat())), fc.array(step, { maxLength: 40 }), (first, steps) => {
      const copies = [{ is: new PersistentMap(new Map(first)), should: new Map(first) }];
      const handed: { readonly is: ReadonlyMap<string, number>; readonly should: ReadonlyMap<string, number> }[] = [];
      for (const { from, remove, update, handing } of steps) {
        const before = copies[from % copies.length]!;
        if (handing === "adopt") before.is.adopt(new PersistentMap(new Map(before.should)).freeze()!);
        const map = handing === "none" ? undefined : before.is.freeze();
        if (map !== undefined) handed.push({ is: map, should: before.should });
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
      for (const { is, should } of handed) expect(is).toEqual(should);
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

  it("does not change a Map that it has handed out when it holds other objects", () => {
    const map = new PersistentMap(new Map([["a", 1]]));
    const entries = map.freeze()!;
    map.substitute(new Map([["a", 2]]));
    expect([entries.get("a"), map.get("a")]).toEqual([1, 2]);
  });
});
