import assert from "node:assert/strict";
import type { Amounts, Case } from "./case.ts";
import type { Mode } from "./modes.ts";
import { World } from "./world.ts";

/** A case in a mode. */
export interface Task {
  readonly mode: Mode;
  readonly case: Case;
}

/** How it went. */
export interface Outcome extends Task {
  /** Undefined if it passed. */
  readonly failure: string | undefined;
  readonly durationMs: number;
  /** Requests while configuration changed. */
  readonly sent: number;
  readonly failed: number;
}

/** How to run tasks. */
export interface RunOptions {
  readonly amounts: Amounts;
  /** How many at a time. */
  readonly jobs: number;
  /** Called with each outcome, in the order of the tasks. */
  readonly onOutcome: (outcome: Outcome) => void;
}

/** Longer than any case takes that waits for something in vain, so that this says that it hangs. */
const MAX_MS = 180_000;

/** Runs all tasks, each once. */
export async function runAll(tasks: readonly Task[], { amounts, jobs, onOutcome }: RunOptions): Promise<Outcome[]> {
  const outcomes: (Outcome | undefined)[] = tasks.map(() => undefined);
  let next = 0;
  let told = 0;
  const work = async (): Promise<void> => {
    for (let i = next++; i < tasks.length; i = next++) {
      outcomes[i] = await run(tasks[i]!, amounts);
      for (; outcomes[told] !== undefined; told++) onOutcome(outcomes[told]!);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return outcomes as Outcome[];
}

async function run(task: Task, amounts: Amounts): Promise<Outcome> {
  const started = performance.now();
  const running: { world?: World } = {};
  const late = Promise.withResolvers<string>();
  const timer = setTimeout(() => late.resolve(`It did not end within ${MAX_MS / 1000} s`), MAX_MS);
  const failure = await Promise.race([attempt(task, amounts, running), late.promise]);
  clearTimeout(timer);
  const loads = running.world?.loads ?? [];
  return {
    ...task,
    failure,
    durationMs: performance.now() - started,
    sent: loads.reduce((sum, load) => sum + load.sent, 0),
    failed: loads.reduce((sum, load) => sum + load.failed, 0),
  };
}

/** Gives what went wrong. */
async function attempt(task: Task, amounts: Amounts, running: { world?: World }): Promise<string | undefined> {
  try {
    await using world = running.world = await World.open(task.case, task.mode, amounts);
    try {
      await task.case.run(world);
      await Promise.all(world.loads.map((load) => load.stop()));
      hold(task.case, world);
    } catch (error) {
      return `${error instanceof Error ? error.stack : error}\n${await world.evidence()}`;
    }
  } catch (error) {
    return `Around the case: ${error instanceof Error ? error.stack : error}`;
  }
  return undefined;
}

/** What must be so after each case. */
function hold({ requestsFail = false }: Case, { server, loads }: World): void {
  assert.deepEqual(server.journal.nacks, [], "Envoy rejected something");
  assert.deepEqual(server.journal.errors, [], "the server had errors");
  if (requestsFail) return;
  for (const { failures } of loads) assert.deepEqual(Object.fromEntries(failures), {}, "requests failed");
}
