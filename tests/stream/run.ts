import fc from "fast-check";
import { Session, type Setup } from "./session.ts";
import { type Step, STEPS } from "./steps.ts";

const { numRuns: RUNS, seed: SEED } = fc.readConfigureGlobal();

const MAX_STEPS = 100;

/** Looks for steps after which the model throws, and throws an error with the fewest of them. */
export async function search(setup: fc.Arbitrary<Setup>): Promise<void> {
  const { failed, counterexample, numRuns } = await fc.check(sessions(setup), { endOnFailure: true });
  if (!failed) return;
  const [start, found] = counterexample!;
  const least = await minimise(start, found);
  const names = least.map(({ name }) => name).join("\n");
  try {
    await play(start, least);
  } catch (violation) {
    const again = `run ${numRuns}; RUNS=${RUNS} SEED=${SEED} repeats it`;
    throw new Error(`${(violation as Error).message}\nwith ${JSON.stringify(start)}, after\n${names}\n\n${again}`);
  }
  throw new Error(`it fails once and not again: SEED=${SEED}`);
}

/** Whether any of so many runs fails; they are the same each time. */
export async function finds(setup: fc.Arbitrary<Setup>, runs: number): Promise<boolean> {
  const { failed } = await fc.check(sessions(setup), { numRuns: runs, seed: 1, endOnFailure: true });
  return failed;
}

function sessions(setup: fc.Arbitrary<Setup>) {
  const steps = fc.array(fc.oneof(...STEPS), { maxLength: MAX_STEPS, size: "max" });
  return fc.asyncProperty(setup, steps, async (setup, steps) => await play(setup, steps));
}

async function play(setup: Setup, steps: readonly Step[]): Promise<void> {
  const session = new Session(setup);
  try {
    for (const step of steps) await step.run(session);
    await session.finish();
  } catch (error) {
    throw session.explain(error);
  }
}

/** Leaves out all steps without which it fails as well. */
async function minimise(setup: Setup, steps: readonly Step[]): Promise<readonly Step[]> {
  const fails = (left: readonly Step[]) => play(setup, left).then(() => false, () => true);
  let least = steps;
  for (let size = Math.ceil(steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = least.length - size; at > -size; at -= size) {
      const left = [...least.slice(0, Math.max(0, at)), ...least.slice(at + size)];
      if (left.length < least.length && await fails(left)) least = left;
    }
  }
  return least;
}
