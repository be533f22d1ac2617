import { execFileSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { CASES } from "../../bench/cases.ts";
import { isLoss, type Pair } from "../../bench/loss.ts";
import { changedIn } from "../../bench/protocol.ts";
import { SERVERS } from "../../bench/servers.ts";

describe("a loss of speed", () => {
  it.each<[what: string, isIt: boolean, pairs: readonly Pair[]]>([
    ["is reported if every pair shows it", true, [[100, 150], [80, 130], [90, 200]]],
    ["is reported if one pair of four does not show it", true, [[100, 160], [100, 90], [100, 160], [100, 160]]],
    ["is not reported if one pair of three does not show it", false, [[100, 160], [100, 140], [100, 300]]],
    ["is not reported if it is small", false, [[100, 149], [100, 149], [100, 149]]],
    ["is not reported if it is a gain", false, [[150, 100], [150, 100], [150, 100]]],
    ["is not reported without measurements", false, []],
  ])("%s", (_what, isIt, pairs) => {
    expect(isLoss(pairs)).toBe(isIt);
  });
});

describe("a publication of the benchmark", () => {
  it.each([
    [0, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    [1, [0, 2, 4, 6, 8]],
  ])("changes as many resources as it declares, evenly spaced, in round %i", (round, indexes) => {
    expect(changedIn({ count: 10, nodes: 1, changed: 5 }, round)).toEqual(indexes);
  });

  it.each([
    [0, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    [1, [4, 5, 6, 7]],
    [2, [8, 9, 0, 1]],
  ])("changes the consecutive ones after those of the round before, in round %i", (round, indexes) => {
    expect(changedIn({ count: 10, nodes: 1, changed: 4, consecutive: true }, round)).toEqual(indexes);
  });
});

describe("the list of cases", () => {
  it("names each case once, and only known servers", () => {
    const names = CASES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const servers = SERVERS.map(({ name }) => name);
    for (const each of CASES) for (const name of each.servers ?? []) expect(servers).toContain(name);
  });

  it("is shown by --list", () => {
    const main = join(import.meta.dirname, "../../bench/main.ts");
    const text = execFileSync(process.execPath, [main, "--list"], { encoding: "utf8" });
    for (const { name } of CASES) expect(text).toContain(`  ${name} `);
  });
});
