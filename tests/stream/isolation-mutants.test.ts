import fc from "fast-check";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fleetRun } from "./fleet-model.ts";
import { ISOLATION_MUTANTS } from "./isolation-mutants.ts";
import { pathOf } from "./mutant-plugin.ts";
import { MUTANTS } from "./mutants.ts";

/** Enough for each fault of the list. */
const RUNS = 2_000;

describe("the model of a fleet finds a stream that", () => {
  it.each(ISOLATION_MUTANTS.map((mutant, i) => ({ ...mutant, query: `?mutant=${MUTANTS.length + i}` })))(
    "$name",
    async (mutant) => {
      expect(readFileSync(pathOf(mutant), "utf8").split(mutant.find), "its place in the file").toHaveLength(2);
      const path = `./fleet-model.ts${mutant.query}`;
      const { playFleet }: typeof import("./fleet-model.ts") = await import(/* @vite-ignore */ path);
      expect(fc.check(fc.property(fleetRun, playFleet), { numRuns: RUNS, seed: 1, endOnFailure: true }).failed).toBe(
        true,
      );
    },
  );
});
