import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** How many tests a step ran. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
  /** What failed, a text each. Default: nothing is known of it. */
  readonly failures?: readonly string[];
}

/** What a step counts that did not run. */
export const FAILED: Count = { passed: 0, failed: 1 };

/** What a step counts that ran. A test that did not run counts as failed. @param report undefined: it is one test */
export function countOf(report: string | undefined, succeeded: boolean): Count {
  if (report === undefined) return succeeded ? { passed: 1, failed: 0 } : FAILED;
  try {
    const { numTotalTests, numPassedTests } = JSON.parse(readFileSync(report, "utf8"));
    const failed = numTotalTests - numPassedTests;
    return { passed: numPassedTests, failed: failed === 0 && (!succeeded || numTotalTests === 0) ? 1 : failed };
  } catch {
    return FAILED;
  }
}

/** Adds up. */
export function total(counts: readonly Count[]): Count {
  return {
    passed: counts.reduce((sum, { passed }) => sum + passed, 0),
    failed: counts.reduce((sum, { failed }) => sum + failed, 0),
  };
}

/** The counts of steps in a folder, where a later run finds them. */
export class Counts {
  readonly #folder: string;

  /** @param reports the folder of the reports; the counts are in one of its own there, since they are no reports */
  constructor(reports: string) {
    this.#folder = join(reports, "counts");
  }

  /** What a step counted before; undefined if it did not run. */
  get(step: string): Count | undefined {
    try {
      return JSON.parse(readFileSync(this.#file(step), "utf8")) as Count;
    } catch {
      return undefined;
    }
  }

  /** Keeps what a step counted. */
  set(step: string, count: Count): void {
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(this.#file(step), JSON.stringify(count));
  }

  #file(step: string): string {
    return join(this.#folder, `${step}.json`);
  }
}
