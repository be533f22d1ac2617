import assert from "node:assert/strict";
import { type Attempt, attempt, describe } from "../matrix/run.ts";
import type { Amounts, Case } from "./case.ts";
import type { Mode } from "./modes.ts";
import { World } from "./world.ts";

/** A case in a mode. */
export interface Task {
  readonly mode: Mode;
  readonly case: Case;
}

/** How it went. */
export interface Outcome extends Task, Attempt {
  /** Requests while configuration changed. */
  readonly sent: number;
  readonly failed: number;
  /** What the case has counted. */
  readonly figures: World["figures"];
}

/** Runs a case in a mode. */
export async function runCase(task: Task, amounts: Amounts): Promise<Outcome> {
  const running: { world?: World } = {};
  const outcome = await attempt(() => play(task, amounts, running));
  const loads = running.world?.loads ?? [];
  return {
    ...task,
    ...outcome,
    sent: loads.reduce((sum, load) => sum + load.sent, 0),
    failed: loads.reduce((sum, load) => sum + load.failed, 0),
    figures: running.world?.figures ?? [],
  };
}

/** Gives what went wrong. */
async function play(task: Task, amounts: Amounts, running: { world?: World }): Promise<string | undefined> {
  try {
    await using world = running.world = await World.open(task.case, task.mode, amounts);
    try {
      await task.case.run(world);
      await Promise.all(world.loads.map((load) => load.stop()));
      hold(task.case, world);
    } catch (error) {
      return `${describe(error)}\n${await world.evidence()}`;
    }
  } catch (error) {
    return `Around the case: ${describe(error)}`;
  }
  return undefined;
}

/** What must be so after each case. */
function hold({ requestsFail = false }: Case, { server, loads, mode }: World): void {
  assert.deepEqual(server.journal.nacks, [], "Envoy rejected something");
  assert.deepEqual(server.journal.errors, [], "the server had errors");
  // Polls do not say what they reject.
  if (server.journal.nackCount === 0 && mode.pollMs === undefined) {
    assert.deepEqual(server.errorsFound, [], "validation finds errors in what Envoy accepted");
  }
  if (requestsFail) return;
  for (const { failures } of loads) assert.deepEqual(Object.fromEntries(failures), {}, "requests failed");
}
