import { type Column, Table } from "../matrix/table.ts";
import type { Figures, Outcome } from "./judge.ts";
import type { Row } from "./row.ts";

const NUMBERS = [
  ["  sent KB", ({ sent }) => sent / 1000],
  ["server ms", ({ serverCpuMs }) => serverCpuMs],
  ["attacker ms", ({ attackerCpuMs }) => attackerCpuMs],
  ["CPU ratio", (figures) => cpuRatioOf(figures)],
  ["peak MB", ({ peak }) => peak / 1e6],
  ["held MB", ({ held }) => held / 1e6],
  ["held/sent", (figures) => heldRatioOf(figures)],
  ["left MB", ({ left }) => left / 1e6],
  ["lag p99", ({ lagP99 }) => lagP99],
  ["lag max", ({ lagMax }) => lagMax],
  ["healthy p99", ({ healthyP99 }) => healthyP99],
] as const satisfies readonly (readonly [string, (figures: Figures) => number])[];

const COLUMNS: readonly Column[] = [
  { title: "attack" },
  { title: "runtime" },
  { title: "result" },
  ...NUMBERS.map(([title]) => ({ title, align: "right" }) as const),
];

/** Processor time of the server for each millisecond of the attacker's. */
export function cpuRatioOf({ serverCpuMs, attackerCpuMs }: Figures): number {
  return serverCpuMs / Math.max(1, attackerCpuMs);
}

/** Bytes held for each byte sent. */
export function heldRatioOf({ held, sent }: Figures): number {
  return held / Math.max(1, sent);
}

/** Prints outcomes as they come. @param rows - whose titles set the width of the table */
export function printer(rows: readonly Row[]): (outcome: Outcome) => void {
  const table = new Table({
    columns: COLUMNS,
    rows: rows.map(({ title }) => [title, "Node 24", "FAILED"]),
    print: console.log,
  });
  table.header();
  return ({ row, runtime, failures, notes, figures }) => {
    const numbers = figures === undefined ? [] : NUMBERS.map(([, of]) => numberOf(of(figures)));
    table.row([row.title, runtime, failures.length > 0 ? "FAILED" : "held", ...numbers]);
    for (const text of [...failures, ...notes]) console.log(`    ${text}`);
  };
}

/** A figure with two digits that say something. */
export function numberOf(value: number): string {
  return Math.abs(value) < 10 ? value.toFixed(1) : value.toFixed(0);
}
