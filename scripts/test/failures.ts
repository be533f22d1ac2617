import { readFileSync } from "node:fs";
import { relative } from "node:path";
import process from "node:process";
import { stripVTControlCharacters } from "node:util";

/** The reports of vitest, and of the matrices. */
interface Report {
  readonly testResults?: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
  readonly outcomes?: readonly Readonly<Record<string, string | null>>[];
}

/** How many failures of a step are listed; more have one cause more often than not. */
const MAX_FAILURES = 20;
/** How many lines of the output of a step without a report are shown. */
const MAX_LINES = 20;
/** How much of a failure is shown, in UTF-16 units. */
const MAX_LENGTH = 300;

/**
 * What a failed step has to say, in short, for the end of a log: its failed tests with the first line of each failure, or
 * the end of its output if no test of its report failed.
 */
export function failuresOf(report: string | undefined, output: string): string[] {
  const failures = report === undefined ? [] : failedTests(report);
  if (failures.length === 0) return [lastLines(output)];
  if (failures.length <= MAX_FAILURES) return failures;
  return [...failures.slice(0, MAX_FAILURES), `and ${failures.length - MAX_FAILURES} more`];
}

function failedTests(file: string): string[] {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(file, "utf8")) as Report;
  } catch {
    return [];
  }
  const files = (report.testResults ?? []).flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(process.cwd(), name);
    const failed = assertionResults.filter((test) => test.status !== "passed");
    // A file that cannot be loaded has no tests.
    if (failed.length === 0) return status === "failed" ? [describe([file], message)] : [];
    return failed.map((test) => describe([file, test.fullName], test.failureMessages?.[0] ?? test.status));
  });
  const outcomes = (report.outcomes ?? []).filter(({ failure }) => failure !== null);
  return [
    ...files,
    ...outcomes.map(({ mode, client, runtime, type, case: name, failure }) => {
      return describe([mode, client, runtime, type, name], failure ?? "");
    }),
  ];
}

function describe(path: readonly (string | null | undefined)[], message = ""): string {
  const [first = ""] = stripVTControlCharacters(message).trim().split("\n");
  return `${path.filter(Boolean).join(" > ")}: ${first.slice(0, MAX_LENGTH)}`;
}

function lastLines(output: string): string {
  return stripVTControlCharacters(output).trim().split("\n").slice(-MAX_LINES).join("\n");
}
