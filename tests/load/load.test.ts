import { execFileSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { Figures, type Limit } from "./figures.ts";
import { resourcesOf } from "./resources.ts";
import { SCENARIOS } from "./scenarios/mod.ts";
import { quantile, slopeOf } from "./slope.ts";

describe("a figure", () => {
  it.each<[value: number, limit: Limit, failure: string | null]>([
    [1, {}, null],
    [1, { exactly: 1, atMost: 1, atLeast: 1 }, null],
    [2, { exactly: 1 }, "2 is not exactly 1"],
    [2, { atMost: 1.5 }, "2 is not at most 1.50"],
    [2, { atLeast: 3 }, "2 is not at least 3"],
    [NaN, { atMost: 1 }, "NaN is not at most 1"],
  ])("of %f with the limit %j fails: %s", (value, limit, failure) => {
    const lines: string[] = [];
    const figures = new Figures((line) => lines.push(line));
    figures.add("some figure", value, "ms", limit);
    expect(figures.all.map((figure) => figure.failure)).toEqual([failure]);
    expect(lines).toHaveLength(1);
    expect(lines[0]!.includes("✗")).toBe(failure !== null);
  });
});

describe("the slope", () => {
  it("is that of the line with the least squares", () => {
    expect(slopeOf([{ x: 1, y: 3 }, { x: 2, y: 5 }, { x: 4, y: 9 }])).toBeCloseTo(2);
    expect(slopeOf([{ x: 0, y: 0 }, { x: 1, y: 3 }, { x: 2, y: 0 }])).toBeCloseTo(0);
  });

  it("is 0 without two points", () => {
    expect(slopeOf([])).toBe(0);
    expect(slopeOf([{ x: 1, y: 3 }])).toBe(0);
  });
});

it("a quantile is the value that as many values do not exceed", () => {
  const values = [5, 1, 4, 2, 3];
  expect([0, 0.5, 0.99, 1].map((share) => quantile(values, share))).toEqual([1, 3, 5, 5]);
});

it.each(["cluster", "endpoints", "route"] as const)("each revision of a resource has other content: %s", (kind) => {
  const [one, two] = [1, 2].map((revision) => resourcesOf({ kind, first: 3, count: 2, size: 10, revision }));
  expect(one!.map(({ name }) => name)).toEqual(["cluster-000003", "cluster-000004"]);
  expect(one!.map(({ version }) => version)).not.toEqual(two!.map(({ version }) => version));
});

describe("the list of scenarios", () => {
  it("names each once", () => {
    const names = SCENARIOS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it("is shown by --help", () => {
    const main = join(import.meta.dirname, "main.ts");
    const text = execFileSync(process.execPath, [main, "--help"], { encoding: "utf8" });
    for (const { name } of SCENARIOS) expect(text).toContain(`  ${name} `);
  });
});
