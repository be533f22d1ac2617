import { describe, expect, it } from "vitest";
import { regexError, regexGroups } from "../../src/validate/regex.ts";

// Tried with Envoy 1.40.
const ACCEPTED = [
  "/users/[0-9]+",
  "(?i)a",
  "(?P<n>a)",
  "(?<n>a)",
  "\\pN",
  "\\C",
  "a{1000}",
  "^$",
  "[[:alpha:]]",
  "a|b|",
  "\\x{263a}",
];
const REFUSED = [
  "(",
  "[",
  "(?=a)",
  "(?!a)",
  "(?<=a)",
  "(a)\\1",
  "a**",
  "a{1001}",
  "(?>a)",
  "a*+",
  "\\",
  "*a",
  "\\\\C(",
];

describe("regexError()", () => {
  it.each(ACCEPTED)("accepts %s", (pattern) => expect(regexError(pattern)).toBeUndefined());
  it.each(REFUSED)("refuses %s", (pattern) => expect(regexError(pattern)).toMatch(/./));
});

describe("regexGroups()", () => {
  it.each([["a", 0], ["(a)(b)", 2], ["(?:a)(?P<n>b)", 1], ["(", undefined]])("of %s is %s", (pattern, groups) => {
    expect(regexGroups(pattern as string)).toBe(groups);
  });
});
