// Shows that clients of gRPC work with the server, on each runtime, and ends with 1 if anything does not. See `--help`.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { runAll } from "../matrix/run.ts";
import { type Column, seconds, Table } from "../matrix/table.ts";
import { commandOf, type Runtime, RUNTIMES } from "../runtimes/runtimes.ts";
import { CASES } from "./cases/mod.ts";
import { type ClientKind, CLIENTS } from "./clients.ts";
import { type Outcome, runCase, type Task } from "./run.ts";

const OPTIONS = {
  client: { type: "string", multiple: true },
  runtime: { type: "string", multiple: true },
  case: { type: "string", multiple: true },
  all: { type: "boolean", default: false },
  jobs: { type: "string", default: "2" },
  json: { type: "string" },
  list: { type: "boolean", default: false },
  install: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

const HELP = `Runs clients of gRPC, which read their configuration over xDS, against the server.

  npm run interop -- [options]

  --client <name>     only this client; can be repeated, as the next two can
  --runtime <name>    only with the server on this runtime
  --case <text>       only the cases with this in their name
  --all               every case on every runtime; otherwise most run on this one only
  --jobs <n>          how many cases run at a time (default: ${OPTIONS.jobs.default})
  --json <file>       writes the outcomes to a file, too
  --list              shows what would run, and runs nothing
  --install           installs what would run, and runs nothing
  --help              shows this text

Every case is run once: none is repeated if it fails. The columns "calls" and
"failed" count the calls that the client made; where some must fail, they do.
Failures "of its own" are a fault of the client that is known: docs/grpc.md.

Clients, each installed by its own package manager on first use:
${CLIENTS.map(({ name, what }) => `  ${name.padEnd(12)}${what}`).join("\n")}

Runtimes of the server: ${RUNTIMES.map(({ name }) => name).join(", ")}.
They need Go, Python 3, a JDK and Maven; name the clients where one of these is missing.
`;

const COLUMNS: readonly Column[] = [
  { title: "client" },
  { title: "runtime" },
  { title: "case" },
  { title: "result" },
  { title: "   took", align: "right" },
  { title: "calls", align: "right" },
  { title: "failed", align: "right" },
];

// So that the servers, of which each case starts its own, do not strip the types of all sources anew.
process.env["NODE_COMPILE_CACHE"] ??= join(import.meta.dirname, "../../node_modules/.cache/ts-control-plane/compiled");

// Ends the processes, too.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));
await main();

async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) return console.log(HELP);
  const tasks = select(values);
  if (values.list) return tasks.forEach((task) => console.log(cellsOf(task).join("  ")));
  const jobs = Number(values.jobs);
  if (!Number.isInteger(jobs) || jobs < 1) fail(`--jobs must be a whole number above 0, not "${values.jobs}"`);

  const commands = await install([...new Set(tasks.map(({ client }) => client))]);
  for (const runtime of new Set(tasks.map(({ runtime }) => runtime))) await commandOf(runtime);
  if (values.install) return;
  const table = new Table({ columns: COLUMNS, rows: tasks.map(cellsOf), print: console.log });
  table.header();
  const started = performance.now();
  const outcomes = await runAll(tasks, {
    run: (task) => runCase(task, commands),
    jobs,
    onOutcome: (outcome) => table.row([...cellsOf(outcome), ...resultOf(outcome)]),
  });
  report(outcomes, performance.now() - started);
  if (values.json) writeFileSync(values.json, JSON.stringify(summary(outcomes), undefined, 2));
  process.exit(outcomes.every(({ failure }) => failure === undefined) ? 0 : 1);
}

interface Selection {
  readonly all?: boolean;
  readonly client?: readonly string[];
  readonly runtime?: readonly string[];
  readonly case?: readonly string[];
}

function select({ client: clients = [], runtime: runtimes = [], case: cases = [], all = false }: Selection): Task[] {
  check("client", clients, CLIENTS);
  check("runtime", runtimes, RUNTIMES);
  const tasks = RUNTIMES.filter(({ name }) => runtimes.length === 0 || runtimes.includes(name)).flatMap((runtime) =>
    CLIENTS.filter(({ name }) => clients.length === 0 || clients.includes(name)).flatMap((client) =>
      CASES.filter((each) => each.clients?.(client) ?? true)
        .filter(({ everywhere = false }) => all || everywhere || isThis(runtime))
        .filter(({ name }) => cases.length === 0 || cases.some((text) => name.includes(text)))
        .map((each): Task => ({ client, runtime, case: each }))
    )
  );
  if (tasks.length === 0) fail("There is no such case: see --list");
  return tasks;
}

function isThis({ npm }: Runtime): boolean {
  return npm === `node@${process.versions.node}`;
}

function check(what: string, names: readonly string[], known: readonly { readonly name: string }[]): void {
  const unknown = names.find((name) => !known.some((each) => each.name === name));
  if (unknown !== undefined) fail(`There is no ${what} "${unknown}", only ${known.map(({ name }) => name).join(", ")}`);
}

/** All that are missing are named at once. */
async function install(clients: readonly ClientKind[]): Promise<Map<ClientKind, readonly string[]>> {
  const commands = new Map<ClientKind, readonly string[]>();
  const missing: string[] = [];
  for (const client of clients) {
    try {
      const onInstall = (what: string): void => console.log(`installing ${client.name}: ${what}`);
      commands.set(client, await client.install({ onInstall }));
    } catch (error) {
      missing.push(`Cannot run the client ${client.name}. ${error instanceof Error ? error.message : error}`);
    }
  }
  if (missing.length > 0) {
    for (const message of missing) console.error(message);
    process.exit(1);
  }
  return commands;
}

function cellsOf({ client, runtime, case: { name } }: Task): string[] {
  return [client.name, runtime.name, name];
}

function resultOf({ case: { callsFail }, failure, durationMs, calls, failed, own }: Outcome): string[] {
  return [
    failure === undefined ? "pass" : "FAIL",
    seconds(durationMs),
    `${calls}`,
    `${failed}${callsFail ? " (wanted)" : ""}${own > 0 ? ` + ${own} of its own` : ""}`,
  ];
}

function report(outcomes: readonly Outcome[], tookMs: number): void {
  for (const { failure, ...task } of outcomes) {
    if (failure !== undefined) console.log(`\nFAIL ${cellsOf(task).join(": ")}\n${failure}`);
  }
  const usual = outcomes.filter((outcome) => !outcome.case.callsFail);
  const failed = outcomes.filter(({ failure }) => failure !== undefined).length;
  const calls = usual.reduce((sum, outcome) => sum + outcome.calls, 0);
  const failedCalls = usual.reduce((sum, outcome) => sum + outcome.failed, 0);
  console.log(
    `\n${outcomes.length - failed} passed, ${failed} failed in ${(tookMs / 1000).toFixed(0)} s; ` +
      `where none was to fail, ${calls} calls were made and ${failedCalls} failed`,
  );
}

/** The counts are named as in vitest's reports. */
function summary(outcomes: readonly Outcome[]): object {
  return {
    numTotalTests: outcomes.length,
    numPassedTests: outcomes.filter(({ failure }) => failure === undefined).length,
    outcomes: outcomes.map(({ client, runtime, case: { name }, failure = null, durationMs, calls, failed, own }) => {
      return {
        client: client.name,
        runtime: runtime.name,
        case: name,
        failure,
        durationMs: Math.round(durationMs),
        calls,
        failed,
        own,
      };
    }),
  };
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
