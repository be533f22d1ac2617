import type { Mode } from "../envoy/modes.ts";
import { describe } from "../matrix/run.ts";
import { type Outcome, runBatch } from "./batch.ts";
import type { Fault } from "./fault.ts";
import type { Random } from "./random.ts";
import type { Totals } from "./report.ts";
import { type Amounts, World } from "./world.ts";

/** What a group of Envoys runs with. */
export interface GroupOptions {
  readonly random: Random;
  readonly amounts: Amounts;
  /** No batch begins afterwards. */
  readonly endsAt: number;
  readonly print: (line: string) => void;
}

/** How it went with a group. */
export interface GroupResult {
  readonly outcomes: readonly Outcome[];
  readonly totals: Totals;
  /** What failed around the batches. */
  readonly failure: string | undefined;
}

/** Starts an Envoy for each mode, and lets batches of faults happen until one is not survived. */
export async function runGroup(
  modes: readonly Mode[],
  batches: readonly (readonly Fault[])[],
  { random, amounts, endsAt, print }: GroupOptions,
): Promise<GroupResult> {
  const outcomes: Outcome[] = [];
  let totals: Totals = { published: 0, sent: 0, failed: 0 };
  try {
    await using world = await World.open(modes, random, amounts);
    for (const batch of batches) {
      if (performance.now() > endsAt) break;
      const outcome = await runBatch(world, batch);
      outcomes.push(outcome);
      print(lineOf(outcome));
      totals = { published: world.published, sent: world.sent, failed: world.failed };
      // The next batch has to begin with what works.
      if (outcome.failure !== undefined) return { outcomes, totals, failure: undefined };
    }
    await world.leave();
    return { outcomes, totals, failure: undefined };
  } catch (error) {
    const failure = `FAIL around the faults: ${describe(error)}`;
    print(failure);
    return { outcomes, totals, failure };
  }
}

function lineOf({ faults, convergenceMs, failure }: Outcome): string {
  const names = faults.map(({ name }) => name).join(" + ");
  return failure === undefined ? `pass ${names}: ${Math.round(convergenceMs)} ms` : `FAIL ${names}\n${failure}`;
}
