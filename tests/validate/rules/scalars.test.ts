import { describe, expect, it } from "vitest";
import {
  BoolKindsSchema,
  BytesKindsSchema,
  DoubleKindsSchema,
  EnumKindsSchema,
  Int64KindsSchema,
  StringKindsSchema,
  Uint32KindsSchema,
} from "../../differential/validate-all/kinds/kinds_pb.ts";
import { brokenAt } from "./broken.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A field of the tests' types, values that meet its rule, and values that break it. */
type Row = readonly [field: string, rule: string, good: readonly unknown[], bad: readonly unknown[]];

const NUMBERS: readonly Row[] = [
  ["const", "const", [5], [4, 0]],
  ["lt", "lt", [4], [5, 6]],
  ["lte", "lte", [5], [6]],
  ["gt", "gt", [6], [5, 4]],
  ["gte", "gte", [5], [4]],
  ["inside", "gt", [6, 8], [5]],
  ["inside", "lt", [6, 8], [9, 10]],
  ["inside_or_equal", "gte", [5, 9], [4]],
  ["inside_or_equal", "lte", [5, 9], [10]],
  ["outside", "range", [4, 10], [5, 7, 9]],
  ["outside_or_equal", "range", [5, 9, 0], [6, 8]],
  ["in", "in", [2, 3], [4, 0]],
  ["not_in", "not_in", [1], [0, 3]],
  ["ignore_empty", "gte", [0, 5], [1]],
  ["optional", "gte", [undefined, 5], [0]],
];

const STRINGS: readonly Row[] = [
  ["const", "const", ["a"], ["b", ""]],
  ["len", "len", ["abc", "💡💡💡"], ["ab", "abcd"]],
  ["min_len", "min_len", ["abc", "💡💡💡"], ["ab", "💡💡"]],
  ["max_len", "max_len", ["abc", "💡💡💡"], ["abcd", "💡💡💡💡"]],
  ["both_len", "min_len", ["ab"], ["a"]],
  ["both_len", "max_len", ["abcd"], ["abcde"]],
  ["len_bytes", "len_bytes", ["abcd", "💡", "éé"], ["abc", "€"]],
  ["min_bytes", "min_bytes", ["abcd", "💡"], ["abc", "€", "é"]],
  ["max_bytes", "max_bytes", ["abcd", "💡"], ["abcde", "💡a", "ééé"]],
  ["pattern", "pattern", ["abc", "ABC"], ["ab1", "", "abc\n"]],
  ["unanchored", "pattern", ["abxdc", "b\u2028d"], ["bd", "b\nd"]],
  ["prefix", "prefix", ["ab"], ["ba", ""]],
  ["suffix", "suffix", ["ab"], ["ba", ""]],
  ["contains", "contains", ["bab"], ["b", ""]],
  ["not_contains", "not_contains", ["b", ""], ["bab"]],
  ["in", "in", ["a"], ["", "c"]],
  ["not_in", "not_in", ["a"], ["", "b"]],
  ["header_name", "well_known_regex", ["a", ":path", "x-a_b"], ["", "::a", "a b", "é"]],
  ["header_value", "well_known_regex", ["", "a\tb", "é"], ["a\nb", "\0", "\x7f"]],
  ["loose_name", "well_known_regex", ["", "a b", "::", "\x7f"], ["a\nb", "\r", "\0"]],
  ["loose_value", "well_known_regex", ["", "a\x01b"], ["a\nb", "\r", "\0"]],
  ["ignore_empty", "min_len", ["", "abc"], ["a"]],
  ["optional", "min_len", [undefined, "abc"], [""]],
];

const BYTES: readonly Row[] = [
  ["const", "const", [bytes("a")], [bytes("b"), bytes("")]],
  ["len", "len", [bytes("abc"), bytes("€")], [bytes("ab")]],
  ["min_len", "min_len", [bytes("abc")], [bytes("ab")]],
  ["max_len", "max_len", [bytes("abc")], [bytes("abcd")]],
  ["pattern", "pattern", [bytes("aa")], [bytes("ab"), Uint8Array.of(97, 255)]],
  ["prefix", "prefix", [bytes("ab")], [bytes("ba"), bytes("")]],
  ["suffix", "suffix", [bytes("ab")], [bytes("ba"), bytes("")]],
  ["contains", "contains", [bytes("xabx")], [bytes("ba"), Uint8Array.of(0x06, 0x16, 0x20)]],
  ["in", "in", [bytes("a")], [bytes("c")]],
  ["not_in", "not_in", [bytes("a")], [bytes("b"), bytes("")]],
  ["ip", "ip", [new Uint8Array(4), new Uint8Array(16)], [new Uint8Array(5), bytes("")]],
  ["ipv4", "ipv4", [new Uint8Array(4)], [new Uint8Array(16)]],
  ["ipv6", "ipv6", [new Uint8Array(16)], [new Uint8Array(4)]],
  ["ignore_empty", "min_len", [bytes(""), bytes("abc")], [bytes("a")]],
];

describe("checkRules()", () => {
  describe.each([
    ["uint32", Uint32KindsSchema, NUMBERS, Number],
    ["double", DoubleKindsSchema, NUMBERS, Number],
    ["int64", Int64KindsSchema, NUMBERS, (value: unknown) => BigInt(value as number)],
    ["string", StringKindsSchema, STRINGS, (value: unknown) => value],
    ["bytes", BytesKindsSchema, BYTES, (value: unknown) => value],
  ])("%s", (kind, schema, rows, convert) => {
    it.each(rows)(`.%s breaks ${kind}.%s by values that are not allowed only`, (field, rule, good, bad) => {
      const found = (value: unknown) => brokenAt(schema, field, value === undefined ? undefined : convert(value));
      for (const value of good) expect(found(value), String(value)).toEqual([]);
      for (const value of bad) expect(found(value), String(value)).toEqual([`${kind}.${rule}`]);
    });
  });

  it("compares numbers with decimals, and takes NaN for one in any range, as Go does", () => {
    expect(brokenAt(DoubleKindsSchema, "gte", 4.999999)).toEqual(["double.gte"]);
    expect(brokenAt(DoubleKindsSchema, "inside", NaN)).toEqual([]);
    expect(brokenAt(DoubleKindsSchema, "items", [NaN, NaN])).toEqual([]);
    expect(brokenAt(DoubleKindsSchema, "const", NaN)).toEqual(["double.const"]);
  });

  it("compares numbers of 64 bits without loss", () => {
    expect(brokenAt(Int64KindsSchema, "lt", -(2n ** 63n))).toEqual([]);
    expect(brokenAt(Int64KindsSchema, "gt", 2n ** 63n - 1n)).toEqual([]);
  });

  it("knows bool.const, and an optional field that is not set", () => {
    expect(brokenAt(BoolKindsSchema, "yes", true)).toEqual([]);
    expect(brokenAt(BoolKindsSchema, "yes", false)).toEqual(["bool.const"]);
    expect(brokenAt(BoolKindsSchema, "no", true)).toEqual(["bool.const"]);
    expect(brokenAt(BoolKindsSchema, "optional", undefined)).toEqual([]);
    expect(brokenAt(BoolKindsSchema, "optional", false)).toEqual(["bool.const"]);
  });

  it.each([
    ["const", "enum.const", [2], [0, 1]],
    ["defined_only", "enum.defined_only", [0, 2], [3, -1]],
    ["in", "enum.in", [0, 2], [1]],
    ["not_in", "enum.not_in", [1, 7], [0, 2]],
    ["optional", "enum.const", [undefined, 1], [0]],
  ])("an enum's field %s breaks %s by values that are not allowed only", (field, rule, good, bad) => {
    for (const value of good) expect(brokenAt(EnumKindsSchema, field, value), String(value)).toEqual([]);
    for (const value of bad) expect(brokenAt(EnumKindsSchema, field, value), String(value)).toEqual([rule]);
  });
});
