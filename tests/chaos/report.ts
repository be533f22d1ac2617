import type { Outcome } from "./batch.ts";
import type { Fault } from "./fault.ts";

/** What happened over all batches, beside the faults. */
export interface Totals {
  readonly published: number;
  readonly sent: number;
  readonly failed: number;
}

/** One line for each kind of fault, and one for all of them. */
export function report(
  faults: readonly Fault[],
  outcomes: readonly Outcome[],
  totals: Totals & { readonly tookMs: number },
): string {
  const rows = faults.map(({ name }) => {
    const own = outcomes.filter((outcome) => outcome.faults.some((fault) => fault.name === name));
    return row(name, own.length, survived(own), longest(own));
  });
  const count = outcomes.reduce((sum, outcome) => sum + outcome.faults.length, 0);
  const passed = outcomes.reduce((sum, { faults, failure }) => sum + (failure === undefined ? faults.length : 0), 0);
  const { published, sent, failed, tookMs } = totals;
  return [
    row("fault", "count", "survived", "longest convergence"),
    ...rows,
    row("all", count, passed, longest(outcomes)),
    "",
    `${passed} of ${count} faults survived in ${(tookMs / 1000).toFixed(0)} s; ${published} publications; ` +
    `${sent} requests, of which ${failed} failed`,
  ].join("\n");
}

/** The counts are named as in vitest's reports. */
export function summary(outcomes: readonly Outcome[]): object {
  return {
    numTotalTests: outcomes.length,
    numPassedTests: survived(outcomes),
    outcomes: outcomes.map(({ faults, failure = null, convergenceMs }) => {
      return { case: faults.map(({ name }) => name).join(" + "), failure, convergenceMs: Math.round(convergenceMs) };
    }),
  };
}

function survived(outcomes: readonly Outcome[]): number {
  return outcomes.filter(({ failure }) => failure === undefined).length;
}

function longest(outcomes: readonly Outcome[]): string {
  const times = outcomes.map(({ convergenceMs }) => convergenceMs).filter((ms) => !Number.isNaN(ms));
  return times.length === 0 ? "" : `${Math.round(Math.max(...times))} ms`;
}

function row(name: string, count: number | string, survived: number | string, longest: string): string {
  return `${name.padEnd(38)}${String(count).padStart(6)}${String(survived).padStart(10)}${longest.padStart(21)}`;
}
