// Attacks the server on each runtime, measures what that costs both sides, and ends with 1 if a limit is exceeded. See `--help`.
import { writeFileSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";
import { seconds } from "../matrix/table.ts";
import { commandOf, RUNTIMES } from "../runtimes/runtimes.ts";
import { Judge, type Outcome } from "./judge.ts";
import { type Report, writeMarkdown } from "./markdown.ts";
import { printer } from "./print.ts";
import { idOf, type Row } from "./row.ts";
import { ROWS } from "./rows.ts";

const OPTIONS = {
  runtime: { type: "string", multiple: true },
  only: { type: "string", multiple: true },
  long: { type: "boolean", default: false },
  json: { type: "string" },
  markdown: { type: "string", multiple: true },
  list: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

/** Names as they are given to the command. */
const NAMES: Readonly<Record<string, string>> = { node: "Node 24", deno: "Deno", bun: "Bun" };

const HELP = `Attacks the server in a process of its own, with a healthy client beside each attack.

  node tests/adversary/adversary.ts [options]

  --runtime <name>  ${Object.keys(NAMES).join(", ")}; can be repeated. Default: all of them
  --only <text>     only attacks whose title begins with this, such as S-02; can be repeated
  --long            all attacks on each runtime, with their full counts and a process for each;
                    otherwise those of the short form, on Deno and Bun the most important of them
  --json <file>     writes the outcomes to a file, too
  --markdown <file> attacks nothing, and writes the table of docs/security.md from a file of --json; can be repeated
  --list            shows what would run, and runs nothing
  --help            shows this text

Columns: bytes sent by the attacker; processor time of both sides and what the server used for each millisecond of the
attacker's; memory of the process at its peak and held on the heap while the attack lasted, above that before; bytes
held for each byte sent; how late timers of the server were, 99 of 100 and the worst; what 99 of 100 round trips of the
healthy client took. Processor time and memory of the process are known on Linux alone.
`;

// Ends the processes, too.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));
await main();

async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) return console.log(HELP);
  if (values.markdown) return await writeMarkdown(values.markdown);
  const { long: isLong, only = [] } = values;
  const runtimes = (values.runtime ?? Object.keys(NAMES)).map((name) => {
    const runtime = RUNTIMES.find((each) => each.name === NAMES[name]);
    return runtime ?? fail(`Cannot run on "${name}": it is one of ${Object.keys(NAMES).join(", ")}`);
  });
  const rowsOf = (runtime: string): Row[] =>
    bySpec(ROWS.filter((row) => {
      if (only.length > 0) {
        if (!only.some((text) => row.title.startsWith(text))) return false;
      } else if (!isLong && (row.long === true || runtime !== "Node 24" && row.important !== true)) return false;
      return row.runtimes?.includes(runtime) ?? true;
    }));
  if (values.list) {
    return runtimes.forEach(({ name }) => rowsOf(name).forEach(({ title }) => console.log(`${name}: ${title}`)));
  }
  const print = printer(ROWS);
  const outcomes: Outcome[] = [];
  const started = performance.now();
  for (const runtime of runtimes) {
    await using judge = new Judge(runtime.name, await commandOf(runtime));
    for (const row of rowsOf(runtime.name)) {
      const outcome = await judge.run(row, { isLong });
      outcomes.push(outcome);
      print(outcome);
      // After each, so that a run that is broken off has a report.
      if (values.json) writeFileSync(values.json, JSON.stringify(summary(outcomes, isLong), undefined, 2));
    }
  }
  const failed = outcomes.filter(({ failures }) => failures.length > 0).length;
  console.log(
    `\n${outcomes.length - failed} of ${outcomes.length} attacks held, in ${seconds(performance.now() - started)}`,
  );
  if (outcomes.length === 0) fail("Cannot attack: no attack is selected");
  process.exit(failed > 0 ? 1 : 0);
}

/** Those with the same server after each other, so that they share its process. */
function bySpec(rows: readonly Row[]): Row[] {
  const groups = Map.groupBy(rows, ({ server = {}, ends }) => ends ? "ends" : JSON.stringify(server));
  return [...groups.values()].flat();
}

function summary(outcomes: readonly Outcome[], isLong: boolean): Report & Record<string, unknown> {
  const failed = outcomes.filter(({ failures }) => failures.length > 0).length;
  return {
    numTotalTests: outcomes.length,
    numPassedTests: outcomes.length - failed,
    isLong,
    date: new Date().toISOString().slice(0, 10),
    outcomes: outcomes.map(({ row, runtime, failures, notes, figures }) => ({
      runtime,
      attack: idOf(row),
      case: row.title,
      failure: failures.length > 0 ? failures.join("; ") : null,
      notes: notes.join("; "),
      ...figures !== undefined && { figures },
    })),
  };
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
