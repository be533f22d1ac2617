import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import process from "node:process";
import { type Count, countOf, FAILED } from "./count.ts";
import type { Step } from "./step.ts";
import { problemWith, type Tool } from "./tools.ts";

/** Called with what each step counted, as soon as it ended. */
export type OnCount = (step: Step, count: Count) => void;

/**
 * Runs steps: those of `npm test` beside each other, the others one after another, since some of them measure. The
 * output of the former is printed when they end, that of the latter as it comes. A step whose tools are missing fails;
 * what is missing is printed before the first step starts.
 */
export async function runSteps(steps: readonly Step[], onCount: OnCount): Promise<void> {
  const ready = steps.filter((step) => {
    const problems = problemsOf(step);
    for (const problem of problems) console.error(`${step.name} will fail: ${problem}`);
    if (problems.length > 0) onCount(step, FAILED);
    return problems.length === 0;
  });
  await runBesideEachOther(ready.filter(({ group }) => group !== "all"), onCount);
  for (const step of ready.filter(({ group }) => group === "all")) {
    console.log(title(step));
    const { count, output } = await run(step, "inherit");
    console.log(output);
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
  if (steps.length > 1) {
    console.log(`Running ${steps.map(({ name }) => name).join(", ")}; each is printed when it ends`);
  }
  const waiting = [...steps];
  const work = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const { count, output } = await run(step, "pipe");
      console.log(`${title(step)}\n${output}`);
      onCount(step, count);
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, work));
}

function title({ name, what }: Step): string {
  return `\n== ${name}: ${what}`;
}

/** @returns what it counted, and its output if it goes by a pipe, with a line that says how it ended */
async function run(
  { name, command, report }: Step,
  stdio: "pipe" | "inherit",
): Promise<{ readonly count: Count; readonly output: string }> {
  if (report !== undefined) rmSync(report, { force: true });
  const started = performance.now();
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: ["ignore", stdio, stdio], env: environment() });
  const chunks: Buffer[] = [];
  child.stdout?.on("data", (chunk) => chunks.push(chunk));
  child.stderr?.on("data", (chunk) => chunks.push(chunk));
  const succeeded = await new Promise<boolean>((resolve) => {
    child.on("error", ({ message }) => {
      chunks.push(Buffer.from(`Cannot run ${program}: ${message}; run this by npm test`));
      resolve(false);
    });
    child.on("close", (status) => resolve(status === 0));
  });
  const count = countOf(report, succeeded);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const end = `-- ${name}: ${count.failed === 0 ? "passed" : "FAILED"} in ${seconds} s`;
  return { count, output: [Buffer.concat(chunks).toString().trim(), end].filter(Boolean).join("\n") };
}

/** Colours where this is read by a person, though the output of a step goes by a pipe. */
function environment(): NodeJS.ProcessEnv {
  return process.stdout.isTTY && !process.env["NO_COLOR"] ? { ...process.env, FORCE_COLOR: "1" } : process.env;
}
