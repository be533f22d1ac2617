import { describe, expect, it } from "vitest";
import { includesAll, union } from "../../src/stream/sequencing/name-lists.ts";
import { PublicationOrder } from "../../src/stream/sequencing/publication-order.ts";
import { v3 } from "../../src/v3/mod.ts";
import { ALL_TYPES, TYPES } from "../protocol/transcript.ts";

describe("PublicationOrder", () => {
  const order = PublicationOrder.of(v3);

  it("has the targets of references first, and types without a place last", () => {
    const types = Object.values(ALL_TYPES).sort((a, b) => order.position(a) - order.position(b));
    expect(types.slice(0, 2)).toEqual([TYPES.CDS, TYPES.EDS]);
    expect(types.filter((each) => !order.has(each)).sort()).toEqual([TYPES.SDS, TYPES.NEW].sort());
    expect(types.slice(-2).sort()).toEqual([TYPES.SDS, TYPES.NEW].sort());
  });

  it.each(
    [
      ["RDS", "CDS", true],
      ["RDS", "EDS", true],
      ["SRDS", "CDS", true],
      ["LDS", "CDS", true],
      ["EDS", "CDS", false],
      ["CDS", "EDS", false],
      ["RDS", "LDS", false],
      ["SDS", "CDS", false],
      ["NEW", "CDS", false],
    ] as const,
  )("needs of %s: %s %s", (later, earlier, needed) => expect(order.needs(TYPES[later], TYPES[earlier])).toBe(needed));

  it.each(
    [["CDS", ["LDS", "RDS", "VHDS"]], ["EDS", ["CDS"]], ["RDS", ["LDS", "SRDS"]], ["LDS", []]] as const,
  )("referrers of %s: %s", (type, referrers) => {
    expect([...order.referrers(TYPES[type])].sort()).toEqual(referrers.map((each) => ALL_TYPES[each]).sort());
  });

  it("refers directly and through others, also to a type that goes out later", () => {
    expect(order.refers(TYPES.LDS, TYPES.RDS)).toBe(true);
    expect(order.refers(TYPES.SRDS, TYPES.EDS)).toBe(true);
    expect(order.refers(TYPES.CDS, TYPES.RDS)).toBe(false);
  });

  it("is made once for an API", () => expect(PublicationOrder.of(v3)).toBe(order));
});

describe("lists of names", () => {
  const list = ["a", "b"];

  it("include others", () => {
    const others = [list, ["b"], [], ["b", "c"], ["a", "b", "c"]];
    expect(others.map((names) => includesAll(list, names))).toEqual([true, true, true, false, false]);
  });

  it("have one union, which is the same list for the same lists", () => {
    const names = ["b", "c"];
    expect(union(list, names)).toEqual(["a", "b", "c"]);
    expect(union(list, names)).toBe(union(list, names));
    expect(union(list, ["d"])).toEqual(["a", "b", "d"]);
  });
});
