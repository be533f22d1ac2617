// Writes docs/conformance.md: each rule of the protocol, the tests that prove it, and whether they passed. See `--help`.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Rule, RULES } from "../tests/conformance/rules.ts";

const HELP = `Usage: node scripts/conformance.ts --reports <folder> [--check]

Makes docs/conformance.md from the reports of a whole run of the tests (npm test -- --reports <folder>).

  --reports <folder>  where the steps of the tests wrote their reports
  --check             write nothing; fail if the page would change, or if a rule has neither a test nor a reason
  --help              show this text`;

const PAGE = join(import.meta.dirname, "../docs/conformance.md");

/** A test that ran. */
interface Result {
  /** Where it ran, such as `unit` or `envoy`. */
  readonly step: string;
  readonly title: string;
  readonly passed: boolean;
}

main();

function main(): void {
  const { values } = parseArgs({
    options: { reports: { type: "string" }, check: { type: "boolean" }, help: { type: "boolean" } },
  });
  if (values.help) return console.log(HELP);
  if (values.reports === undefined) throw new Error("Cannot say what passed: give --reports; see --help");
  const results = read(values.reports);
  const problems: string[] = [];
  const page = write(results, problems);
  if (!values.check) return writeFileSync(PAGE, page);
  if (!existsSync(PAGE) || readFileSync(PAGE, "utf8") !== page) {
    problems.push("docs/conformance.md is out of date: run npm run conformance");
  }
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}

function read(folder: string): Result[] {
  return readdirSync(folder).filter((name) => name.endsWith(".json")).toSorted().flatMap((name) => {
    const step = name.replace(/\.json$/, "");
    const report = JSON.parse(readFileSync(join(folder, name), "utf8")) as {
      readonly testResults?: { readonly assertionResults: { readonly title: string; readonly status: string }[] }[];
      readonly outcomes?: Record<string, string | null>[];
    };
    const ofVitest = report.testResults?.flatMap(({ assertionResults }) => assertionResults) ?? [];
    return [
      ...ofVitest.map(({ title, status }) => ({ step, title, passed: status === "passed" })),
      ...(report.outcomes ?? []).map(({ type, case: title, failure }) => ({
        step,
        title: [type, title].filter(Boolean).join(": "),
        passed: failure === null,
      })),
    ];
  });
}

function write(results: readonly Result[], problems: string[]): string {
  // What go-control-plane does proves nothing of this server.
  const ours = results.filter(({ step }) => step !== "differential");
  const sections = Object.entries(RULES).map(([topic, rules]) => {
    const rows = rules.map((rule) => row(rule, ours.filter((result) => proves(result, rule)), problems));
    return `## ${topic}\n\n| rule | what it says | proven by | result |\n| --- | --- | --- | --- |\n${
      rows.join("\n")
    }\n`;
  });
  const rules = Object.values(RULES).flat();
  const proven = rules.filter((rule) => ours.some((result) => proves(result, rule))).length;
  return `# Rules of the protocol, and the tests that prove them

Made by \`npm run conformance\` from a run of all tests; not to be edited. ${proven} of ${rules.length} rules are proven.
What the server does where a rule leaves a choice is in [protocol.md](protocol.md).

${sections.join("\n")}`;
}

function row(rule: Rule, proofs: readonly Result[], problems: string[]): string {
  const failed = proofs.filter(({ passed }) => !passed).length;
  if (proofs.length === 0 && rule.untested === undefined) problems.push(`${rule.id} has neither a test nor a reason`);
  if (proofs.length > 0 && rule.untested !== undefined) problems.push(`${rule.id} has a test, so it needs no reason`);
  if (failed > 0) problems.push(`${rule.id}: ${failed} of its tests failed`);
  const by = proofs.length === 0 ? rule.untested ?? "nothing yet" : describe(proofs);
  const result = proofs.length === 0 ? "–" : failed > 0 ? `${failed} failed` : `${proofs.length} passed`;
  return `| ${rule.id} | ${rule.text} | ${by.replaceAll("|", "\\|")} | ${result} |`;
}

function proves({ step, title }: Result, { id, by = [] }: Rule): boolean {
  return idsOf(title).includes(id) || by.some((text) => `${step}: ${title}`.includes(text));
}

/** The rules at the start of a title. */
function idsOf(title: string): string[] {
  return /^(?:[A-Z]\d+ )*/.exec(title)![0].split(" ").slice(0, -1);
}

/** Each test once, whatever the variants and the modes in which it ran; in the same order whichever ended first. */
function describe(proofs: readonly Result[]): string {
  const titles = new Set(
    proofs.toSorted(byStep).map(({ step, title }) => {
      const text = title.slice(idsOf(title).join(" ").length).replace(/ \((?:sotw|delta)\)$/, "").trim();
      return step === "unit" ? text : `${step}: ${text}`;
    }),
  );
  const [first, ...rest] = titles;
  return rest.length === 0 ? first! : `${first}; and ${rest.length} more`;
}

/** Those first that need nothing but this project. */
function byStep(a: Result, b: Result): number {
  const order = ({ step, title }: Result) => `${step === "unit" ? 0 : 1} ${step} ${title}`;
  return order(a) < order(b) ? -1 : 1;
}
