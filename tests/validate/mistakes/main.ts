// Has each mistake looked at by `validate`, by `envoy --mode validate` and by a running Envoy, and writes the table of
// docs/validation-mistakes.md; with --check it compares instead of writing. Ends with 1 if `validate` has an error where Envoy accepts a configuration.
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { isDeepStrictEqual } from "node:util";
import { ensureEnvoy, ENVOY_VERSION } from "../../../examples/demo/install-envoy.ts";
import { validateWithEnvoy } from "../../../src/node/envoy/mod.ts";
import { certificates } from "../../envoy/certificates.ts";
import { EnvoyAtRunTime } from "./at-run-time.ts";
import { edge } from "./base.ts";
import { resourcesOf } from "./json.ts";
import { MISTAKES } from "./mod.ts";
import { PAGE, pageOf, type Row, shortReason, summariesOn } from "./page.ts";
import { summaryOf } from "./summary.ts";

const made = await certificates(2);
const envoy = await ensureEnvoy();
const base = resourcesOf(edge(made));
await using running = await EnvoyAtRunTime.start(base);
const alarms = [summaryOf(base), await running.reasonFor(base)].filter((each) => each !== undefined && each !== "–");
if (alarms.length > 0) throw new Error(`The configuration without mistakes is not accepted: ${alarms.join("; ")}`);

const rows: Row[] = [];
for (const { name, make } of MISTAKES) {
  const config = structuredClone(edge(made));
  make(config, made);
  const resources = resourcesOf(config);
  const [[problem], reason] = await Promise.all([
    validateWithEnvoy(resources, { envoy, maxProblems: 1 }),
    running.reasonFor(resources),
  ]);
  rows.push({
    name,
    ours: summaryOf(resources),
    validateMode: problem && shortReason(problem.message),
    runTime: reason === undefined ? undefined : shortReason(reason),
  });
  console.log(`${rows.length}/${MISTAKES.length} ${name}`);
}
const page = pageOf(rows, ENVOY_VERSION);
const isCheck = process.argv.includes("--check");
if (!isCheck) writeFileSync(PAGE, page);
const falseAlarms = rows.filter(({ ours, validateMode, runTime }) =>
  ours.startsWith("error") && !validateMode && !runTime
);
for (const { name, ours } of falseAlarms) console.error(`${name}: ${ours}, and Envoy accepts it`);
const documented = summariesOn(readFileSync(PAGE, "utf8"));
const differences = [...summariesOn(page)].filter(([name, summary]) =>
  !isDeepStrictEqual(summary, documented.get(name))
);
for (const [name, summary] of differences) {
  console.error(`${name}: ${JSON.stringify(summary)}, and not as the page says`);
}
process.exitCode = falseAlarms.length + differences.length > 0 ? 1 : 0;
