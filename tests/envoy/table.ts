import type { Outcome, Task } from "./run.ts";

/** A table of outcomes, printed row by row as they come. */
export class Table {
  readonly #widths: readonly number[];
  readonly #print: (line: string) => void;

  constructor(tasks: readonly Task[], print: (line: string) => void) {
    this.#print = print;
    const rows = [HEADER, ...tasks.map((task) => [task.mode.name, task.case.type, task.case.name])];
    this.#widths = HEADER.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  }

  header(): void {
    this.#line(HEADER);
    this.#line(this.#widths.map((width) => "-".repeat(width)));
  }

  row({ mode, case: { type, name, requestsFail }, failure, durationMs, sent, failed }: Outcome): void {
    const result = failure === undefined ? "pass" : "FAIL";
    const load = sent === 0 ? ["", ""] : [`${sent}`, `${failed}${requestsFail ? " (wanted)" : ""}`];
    this.#line([mode.name, type, name, result, `${(durationMs / 1000).toFixed(1)} s`, ...load]);
  }

  #line(cells: readonly string[]): void {
    const padded = cells.map((cell, i) => i < 4 ? cell.padEnd(this.#widths[i]!) : cell.padStart(this.#widths[i]!));
    this.#print(padded.join("  ").trimEnd());
  }
}

const HEADER = ["mode", "type", "case", "result", "   took", "requests", "failed"];
