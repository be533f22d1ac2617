// Runs the checks and tests of this project, and ends with a line that counts them. See `--help`.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { Counts, total } from "./test/count.ts";
import { runSteps } from "./test/run.ts";
import { GROUPS, select, type Step } from "./test/step.ts";
import { stepsOf } from "./test/steps.ts";

const HELP = `Usage: npm test [-- [options] step ...]

  --group <group>     which steps, where none are named: ${GROUPS.join(", ")}; each has those before it; default: test
  --reports <folder>  where the steps write what passed; the conformance step reads it there, so that it needs the
                      reports of all the others, or a whole run
  --continue          count the steps that have already run with the same --reports as they did then, passed or not,
                      instead of running them again
  --help              show this text

npm run lint, npm run check, npm test and npm run test:all each run the group of that name.`;

const { values: { help, group, reports: folder, continue: goesOn }, positionals } = parseArgs({
  options: {
    help: { type: "boolean" },
    group: { type: "string", default: "test" },
    reports: { type: "string" },
    continue: { type: "boolean", default: false },
  },
  allowPositionals: true,
});

if (help) console.log(`${HELP}\n${table(stepsOf("."))}`);
else await main();

async function main(): Promise<void> {
  const reports = folder ?? mkdtempSync(join(tmpdir(), "ts-control-plane-test-"));
  const selected = select(stepsOf(reports), { group, names: positionals });
  const counts = new Counts(reports);
  const done = goesOn ? selected.filter(({ name }) => counts.get(name) !== undefined) : [];
  if (done.length > 0) console.log(`Have run before, and are counted: ${done.map(({ name }) => name).join(", ")}`);
  await runSteps(selected.filter((step) => !done.includes(step)), ({ name }, count) => counts.set(name, count));
  const results = selected.map(({ name }) => ({ name, ...counts.get(name)! }));
  const { passed, failed } = total(results);
  // The output of the steps is long, and may have been cut where this is read.
  const failures = results.filter((result) => result.failed > 0);
  for (const { name, failures: texts = [] } of failures) console.log(`\n-- ${name}: FAILED\n${texts.join("\n")}`);
  if (failures.length > 0) console.log(`\nFailed: ${failures.map(({ name }) => name).join(", ")}`);
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

/** The steps by the smallest group that they belong to, and what they need. */
function table(steps: readonly Step[]): string {
  return GROUPS.map((each) => {
    const rows = steps.filter((step) => step.group === each).map(({ name, what, needs = [] }) => {
      const tools = needs.length > 0 ? `; needs ${needs.map((tool) => tool.name).join(", ")}` : "";
      return `  ${name.padEnd(14)}${what}${tools}\n`;
    });
    return `\nSteps of ${each}:\n${rows.join("")}`;
  }).join("").trimEnd();
}
