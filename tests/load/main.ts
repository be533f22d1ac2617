// Measures whether the server holds under load: storms, slow readers, flapping clients, bursts, crashes, and a soak.
import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { buildGo } from "../../bench/build.ts";
import { RUNTIME_NAMES } from "../../bench/servers.ts";
import { Figures } from "./figures.ts";
import { SCENARIOS } from "./scenarios/mod.ts";

const HELP = `Usage: npm run load -- [options] [scenario ...]

  --long             as large as the figures of docs/reliability.md; default: small, all in some 90 seconds
  --minutes <n>      how long flapping, burst and soak take
  --runtime <name>   what runs the server: ${RUNTIME_NAMES.join(", ")}; default: node
  --json <file>      writes the figures
  --help             this text

Needs Go (1.26 or newer), which the clients are written in. Server and clients are processes of this machine, and talk
over loopback. Ends with 1 if a figure is not within its limit.

Scenarios:
${SCENARIOS.map(({ name, what }) => `  ${name.padEnd(19)}${what}`).join("\n")}`;

const { values, positionals } = parseArgs({
  options: {
    long: { type: "boolean", default: false },
    minutes: { type: "string" },
    runtime: { type: "string", default: "node" },
    json: { type: "string" },
    help: { type: "boolean" },
  },
  allowPositionals: true,
});

if (values.help) console.log(HELP);
else await main();

async function main(): Promise<void> {
  const { long, runtime, json } = values;
  const minutes = values.minutes === undefined ? undefined : Number(values.minutes);
  if (minutes !== undefined && !(minutes > 0)) throw new Error(`Cannot run for "${values.minutes}" minutes`);
  if (!RUNTIME_NAMES.includes(runtime)) throw new Error(`Cannot use the runtime "${runtime}"`);
  const unknown = positionals.filter((each) => !SCENARIOS.some(({ name }) => name === each));
  if (unknown.length > 0) throw new Error(`Cannot find "${unknown.join('", "')}": see npm run load -- --help`);
  // So that each process does not strip the types of all sources anew.
  process.env["NODE_COMPILE_CACHE"] ??= join(import.meta.dirname, "../../node_modules/.cache/ts-control-plane/load");
  const programs = { runtime, clients: buildGo("clients") };
  const outcomes: object[] = [];
  for (const { name, what, run } of SCENARIOS) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    console.log(`\n${name}: ${what}${long ? "" : " (small)"}`);
    const figures = new Figures(console.log);
    const began = performance.now();
    try {
      await run({ programs, figures, long, minutes });
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      console.log(`  ✗ ${failure}`);
      outcomes.push({ case: name, failure });
    }
    console.log(`  in ${((performance.now() - began) / 1000).toFixed(1)} s`);
    outcomes.push(...figures.all.map((figure) => ({ case: `${name}: ${figure.name}`, ...figure })));
  }
  report(outcomes as Outcome[], json);
}

interface Outcome {
  readonly case: string;
  readonly failure: string | null;
}

function report(outcomes: readonly Outcome[], json: string | undefined): void {
  const failed = outcomes.filter(({ failure }) => failure !== null);
  const counts = { numTotalTests: outcomes.length, numPassedTests: outcomes.length - failed.length };
  if (json !== undefined) {
    writeFileSync(json, `${JSON.stringify({ ...counts, machine: machine(), outcomes }, undefined, 2)}\n`);
  }
  if (failed.length > 0) console.log(`\nOut of their limits:`);
  for (const { case: name, failure } of failed) console.log(`  ${name}: ${failure}`);
  console.log(`\n${counts.numPassedTests} figures, ${failed.length} out of their limits`);
  process.exitCode = failed.length > 0 || outcomes.length === 0 ? 1 : 0;
}

function machine(): object {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model,
    cores: cpus().length,
    memoryMb: Math.round(totalmem() / 1e6),
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
  };
}
