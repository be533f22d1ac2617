import type { EngineCase } from "./engine-case.ts";
import type { EngineUnderTest } from "./engine-under-test.ts";
import { EngineHarness } from "./engine-harness.ts";
import { ENGINE_WATCH_CASES } from "./cases/engine-watch.ts";
import { ENGINE_WRITE_CASES } from "./cases/engine-write.ts";
import type { TestRunner } from "./test-cache.ts";

/** The engine to test. */
export interface TestEngineOptions {
  /** The name of the group of tests. */
  readonly name: string;
  /** Creates a store without values; called once or more for each test. */
  create(): EngineUnderTest | Promise<EngineUnderTest>;
  /** How long the engine may take for what a test waits for, in milliseconds. Default: 5000. */
  readonly timeoutMs?: number;
}

/** Declares the tests that an engine of a replicated store has to pass: the contract of `Engine`. */
export function testEngine(
  { describe, it }: TestRunner,
  { name, create, timeoutMs = 5_000 }: TestEngineOptions,
): void {
  describe(name, () => {
    for (const [group, cases] of Object.entries({ write: ENGINE_WRITE_CASES, watch: ENGINE_WATCH_CASES })) {
      describe(group, () => {
        for (const each of cases) it(each.name, () => runCase(each, { create, timeoutMs }));
      });
    }
  });
}

async function runCase(
  { run }: EngineCase,
  { create, timeoutMs }: Required<Pick<TestEngineOptions, "create" | "timeoutMs">>,
): Promise<void> {
  const harnesses: EngineHarness[] = [];
  const open = async () => {
    const harness = new EngineHarness(await create(), timeoutMs);
    harnesses.push(harness);
    return harness;
  };
  try {
    await run(await open(), open);
  } catch (error) {
    // The first error counts, not those that follow from it on closing.
    await Promise.allSettled(harnesses.map((harness) => harness.close()));
    throw error;
  }
  for (const harness of harnesses) await harness.close();
}
