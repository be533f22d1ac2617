/** A column of a table. */
export interface Column {
  readonly title: string;
  /** Default: on the left. */
  readonly align?: "left" | "right";
}

/** How a table is printed. */
export interface TableOptions {
  readonly columns: readonly Column[];
  /** The first cells of all rows, as far as they are known, so that columns are wide enough. */
  readonly rows: readonly (readonly string[])[];
  readonly print: (line: string) => void;
}

/** A table that is printed row by row. */
export class Table {
  readonly #columns: readonly Column[];
  readonly #widths: readonly number[];
  readonly #print: (line: string) => void;

  constructor({ columns, rows, print }: TableOptions) {
    this.#columns = columns;
    this.#print = print;
    this.#widths = columns.map(({ title }, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  }

  header(): void {
    this.row(this.#columns.map(({ title }) => title));
    this.row(this.#widths.map((width) => "-".repeat(width)));
  }

  row(cells: readonly string[]): void {
    const padded = cells.map((cell, i) => {
      return this.#columns[i]?.align === "right" ? cell.padStart(this.#widths[i]!) : cell.padEnd(this.#widths[i]!);
    });
    this.#print(padded.join("  ").trimEnd());
  }
}

/** A duration as text for a table. */
export function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}
