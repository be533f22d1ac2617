import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { FAULTS } from "./interleavings/faults.ts";
import { interleaving } from "./interleavings/steps.ts";
import { hashAtOnce, play } from "./interleavings/world.ts";

/** Enough to find each of them several times over. */
const RUNS = 3_000;

beforeAll(hashAtOnce);

describe("the interleavings find", () => {
  it.each(FAULTS)("$name", async (fault) => {
    const property = fc.asyncProperty(interleaving, (each) => play(each, fault));
    const { failed } = await fc.check(property, { numRuns: RUNS, endOnFailure: true });
    expect(failed).toBe(true);
  }, 600_000);
});
