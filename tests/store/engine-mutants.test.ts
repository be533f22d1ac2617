import { describe, expect, it } from "vitest";
import { type Engine, MemoryEngine } from "../../src/store/mod.ts";
import { testEngine } from "../../src/testing/mod.ts";
import { ENGINE_MUTANTS, type EngineMutant } from "./engine-mutants.ts";

describe("testEngine", () => {
  it.each(ENGINE_MUTANTS)("finds an engine that $name", async ({ found, wrap }) => {
    const failures = await failuresOf(wrap);
    expect(failures.filter((name) => name.startsWith(found))).toHaveLength(1);
  });

  it("has a test for each fault, and a fault for each test but those of two connections", () => {
    const names = declare(() => ({})).map(([name]) => name);
    const left = names.filter((name) => !ENGINE_MUTANTS.some(({ found }) => name.startsWith(found)));
    expect(left).toEqual(["shows a write to the other connections", "shows what another connection writes"]);
  });

  it("finds connections that do not share a store", async () => {
    const failures = await failuresOf(() => ({}), () => new MemoryEngine());
    expect(failures).toEqual(expect.arrayContaining([
      "shows a write to the other connections",
      "shows what another connection writes",
    ]));
  });

  it("passes the engine that the faults are seeded in", async () => {
    expect(await failuresOf(() => ({}))).toEqual([]);
  });
});

type Wrap = EngineMutant["wrap"];

function declare(
  wrap: Wrap,
  connect?: () => Engine,
): [name: string, body: () => Promise<void>][] {
  const tests: [string, () => Promise<void>][] = [];
  const runner = {
    describe: (_: string, body: () => void) => body(),
    it: (name: string, body: () => Promise<void>) => void tests.push([name, body]),
  };
  testEngine(runner, {
    name: "mutant",
    timeoutMs: 100,
    create() {
      const inner = new MemoryEngine();
      const engine: Engine = {
        maxValueBytes: inner.maxValueBytes,
        identity: () => inner.identity(),
        get: (key) => inner.get(key),
        putIf: (...args) => inner.putIf(...args),
        list: (prefix) => inner.list(prefix),
        watch: (...args) => inner.watch(...args),
        close: () => inner.close(),
        ...wrap(inner),
      };
      return { engine, connect: connect ?? (() => engine) };
    },
  });
  return tests;
}

async function failuresOf(wrap: Wrap, connect?: () => Engine): Promise<string[]> {
  const failures: string[] = [];
  for (const [name, body] of declare(wrap, connect)) await body().catch(() => failures.push(name));
  return failures;
}
