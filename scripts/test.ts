// Runs all that must hold, and ends with a line that counts it. See `--help`.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

interface Step {
  readonly name: string;
  readonly what: string;
  readonly command: readonly string[];
  /** Where it writes what it counted, as vitest does; a step without counts as one test. */
  readonly report?: string;
}

interface Count {
  readonly passed: number;
  readonly failed: number;
}

const HELP = `Usage: npm test [-- [--reports <folder>] step ...]

  --reports <folder>  where the steps write what passed; the conformance step reads it there, so that it needs the
                      reports of all the others, or a whole run

Steps, all by default:`;

const { values: { help, reports = mkdtempSync(join(tmpdir(), "ts-control-plane-test-")) }, positionals } = parseArgs({
  options: { help: { type: "boolean" }, reports: { type: "string" } },
  allowPositionals: true,
});

const STEPS: readonly Step[] = [
  { name: "format", what: "formatting", command: ["deno", "fmt", "--check", "--quiet"] },
  { name: "lint", what: "lint rules", command: ["deno", "lint", "--quiet"] },
  { name: "rules", what: "the lint rules of this project's own", command: ["deno", "test", "--quiet", "scripts/lint"] },
  { name: "types", what: "types", command: ["tsc", "--noEmit"] },
  { name: "gen", what: "gen/ equals a fresh generation", command: ["node", "scripts/generate.ts", "--check"] },
  vitest("unit", "everything that needs no other program, on Node", [
    "--exclude=tests/differential",
    "--exclude=tests/runtimes",
  ]),
  { name: "deno", what: "the server and its example on Deno", command: ["node", "scripts/test-deno.ts"] },
  { name: "package", what: "the npm package in a fresh project", command: ["node", "scripts/test-package.ts"] },
  {
    name: "bench",
    what: "no slower than the commit before; needs Go",
    command: ["node", "bench/compare.ts"],
  },
  vitest("differential", "go-control-plane by the same transcripts; needs Go", ["tests/differential"]),
  vitest(
    "runtimes",
    "the transcripts, polls and a real Envoy with Node 22 and 24, Deno and Bun, and polls with workerd",
    ["tests/runtimes"],
  ),
  interop("envoy", "the real Envoy, in every mode", "tests/envoy/interop.ts"),
  interop(
    "clients",
    "gRPC clients of others, on every runtime; needs Go, Python and Maven",
    "tests/clients/interop.ts",
  ),
  {
    name: "conformance",
    what: "docs/conformance.md says what the steps before have shown",
    command: ["node", "scripts/conformance.ts", "--check", `--reports=${reports}`],
  },
];

main(positionals);

function main(args: readonly string[]): void {
  if (help) {
    console.log(HELP);
    for (const { name, what } of STEPS) console.log(`  ${name.padEnd(14)}${what}`);
    return;
  }
  const unknown = args.filter((arg) => !STEPS.some(({ name }) => name === arg));
  if (unknown.length > 0) throw new Error(`Cannot run "${unknown.join('", "')}": see npm test -- --help`);
  const counts = STEPS.filter(({ name }) => args.length === 0 || args.includes(name)).map(run);
  const passed = counts.reduce((sum, count) => sum + count.passed, 0);
  const failed = counts.reduce((sum, count) => sum + count.failed, 0);
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

function vitest(name: string, what: string, args: readonly string[]): Step {
  const report = join(reports, `${name}.json`);
  const options = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  return { name, what, command: ["vitest", "run", ...options, ...args], report };
}

function interop(name: string, what: string, file: string): Step {
  const report = join(reports, `${name}.json`);
  return { name, what, command: ["node", file, `--json=${report}`], report };
}

function run({ name, what, command, report }: Step): Count {
  console.log(`\n== ${name}: ${what}`);
  const started = performance.now();
  const [program, ...args] = command;
  const { status, error } = spawnSync(program!, args, { stdio: "inherit" });
  if (error) console.error(`Cannot run ${program}: ${error.message}; run this by npm test`);
  const count = report ? counted(report, status === 0) : { passed: Number(status === 0), failed: Number(status !== 0) };
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`-- ${name}: ${count.failed === 0 ? "passed" : "FAILED"} in ${seconds} s`);
  return count;
}

/** A test that did not run counts as failed. */
function counted(report: string, succeeded: boolean): Count {
  try {
    const { numTotalTests, numPassedTests } = JSON.parse(readFileSync(report, "utf8"));
    const failed = numTotalTests - numPassedTests;
    return { passed: numPassedTests, failed: failed === 0 && (!succeeded || numTotalTests === 0) ? 1 : failed };
  } catch {
    return { passed: 0, failed: 1 };
  }
}
