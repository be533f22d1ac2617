import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import process from "node:process";
import { type Count, countOf, FAILED } from "./count.ts";
import { failuresOf } from "./failures.ts";
import type { Step } from "./step.ts";
import { problemWith, type Tool } from "./tools.ts";

/** Called with what each step counted, as soon as it ended. */
export type OnCount = (step: Step, count: Count) => void;

/**
 * Runs steps beside each other, those of `npm test` first, and then those that need the machine for themselves, one after
 * another. The output of the former is printed when they end, that of the latter as it comes. A step whose tools are
 * missing fails; what is missing is printed before the first step starts.
 */
export async function runSteps(steps: readonly Step[], onCount: OnCount): Promise<void> {
  const ready = steps.filter((step) => {
    const problems = problemsOf(step);
    for (const problem of problems) console.error(`${step.name} will fail: ${problem}`);
    if (problems.length > 0) onCount(step, { ...FAILED, failures: problems });
    return problems.length === 0;
  });
  const shared = ready.filter(({ alone }) => !alone);
  await runBesideEachOther(shared.filter(({ group }) => group !== "all"), onCount);
  await runBesideEachOther(shared.filter(({ group }) => group === "all"), onCount);
  for (const step of ready.filter(({ alone }) => alone)) {
    console.log(title(step));
    const { count, end } = await run(step, (chunk) => process.stdout.write(chunk));
    console.log(end);
    onCount(step, count);
  }
}

const problems = new Map<Tool, string | undefined>();

/** Asks each tool once. */
function problemsOf({ needs = [] }: Step): string[] {
  for (const tool of needs) if (!problems.has(tool)) problems.set(tool, problemWith(tool));
  return needs.map((tool) => problems.get(tool)).filter((problem) => problem !== undefined);
}

async function runBesideEachOther(steps: readonly Step[], onCount: OnCount): Promise<void> {
  if (steps.length > 0) {
    console.log(`Running ${steps.map(({ name }) => name).join(", ")}; each is printed when it ends`);
  }
  const waiting = [...steps];
  const work = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const { count, output, end } = await run(step);
      console.log([title(step), output.trim(), end].filter(Boolean).join("\n"));
      onCount(step, count);
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, work));
}

function title({ name, what }: Step): string {
  return `\n== ${name}: ${what}`;
}

/** How a step ended. */
interface Result {
  readonly count: Count;
  readonly output: string;
  /** A line that says how it ended. */
  readonly end: string;
}

/** @param onOutput called with the output as it comes */
async function run({ name, command, report }: Step, onOutput?: (chunk: Buffer) => void): Promise<Result> {
  if (report !== undefined) rmSync(report, { force: true });
  const started = performance.now();
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: environment() });
  const chunks: Buffer[] = [];
  const add = (chunk: Buffer): void => {
    chunks.push(chunk);
    onOutput?.(chunk);
  };
  child.stdout.on("data", add);
  child.stderr.on("data", add);
  const succeeded = await new Promise<boolean>((resolve) => {
    child.on("error", ({ message }) => {
      add(Buffer.from(`Cannot run ${program}: ${message}; run this by npm test\n`));
      resolve(false);
    });
    child.on("close", (status) => resolve(status === 0));
  });
  const output = Buffer.concat(chunks).toString();
  const count = countOf(report, succeeded);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const end = `-- ${name}: ${count.failed === 0 ? "passed" : "FAILED"} in ${seconds} s`;
  return { count: count.failed === 0 ? count : { ...count, failures: failuresOf(report, output) }, output, end };
}

/** Colours where this is read by a person, though the output of a step goes by a pipe. */
function environment(): NodeJS.ProcessEnv {
  return process.stdout.isTTY && !process.env["NO_COLOR"] ? { ...process.env, FORCE_COLOR: "1" } : process.env;
}
