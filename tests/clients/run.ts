import assert from "node:assert/strict";
import { type Attempt, attempt, describe } from "../matrix/run.ts";
import { commandOf, type Runtime } from "../runtimes/runtimes.ts";
import type { Case } from "./case.ts";
import type { ClientKind } from "./clients.ts";
import { World } from "./world.ts";

/** A case with a client, and our server on a runtime. */
export interface Task {
  readonly client: ClientKind;
  readonly runtime: Runtime;
  readonly case: Case;
}

/** How it went. */
export interface Outcome extends Task, Attempt {
  readonly calls: number;
  readonly failed: number;
  /** Those that failed by the client's own doing. */
  readonly own: number;
}

/** Runs a case. */
export async function runCase(task: Task, commands: ReadonlyMap<ClientKind, readonly string[]>): Promise<Outcome> {
  const calls = { made: 0, failed: 0, own: 0 };
  const outcome = await attempt(async () => {
    const options = {
      client: task.client,
      clientCommand: commands.get(task.client)!,
      serverCommand: await commandOf(task.runtime),
      maxConnectionAgeMs: task.case.maxConnectionAgeMs,
    };
    await using world = await World.open(options);
    try {
      await task.case.run(world);
      await world.listen();
      hold(task.case, world);
    } catch (error) {
      return `${describe(error)}\n${await world.evidence()}`;
    } finally {
      Object.assign(calls, world.calls);
    }
    return undefined;
  });
  return { ...task, ...outcome, calls: calls.made, failed: calls.failed, own: calls.own };
}

/** What must be so after each case. */
function hold({ callsFail = false }: Case, { journal, calls, errorsFound }: World): void {
  assert.deepEqual(journal.nacks, [], "the client rejected something");
  assert.deepEqual(journal.errors, [], "the server had errors");
  if (journal.nackCount === 0) assert.deepEqual(errorsFound, [], "validation finds errors in what the client accepted");
  if (!callsFail) assert.equal(calls.failed, 0, "calls failed");
}
