import type { Stats } from "./protocol.ts";

/** What a figure has to be. */
export interface Limit {
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly exactly?: number;
}

/** A figure that was measured. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly limit: Limit;
  /** Why it is not as it has to be; null if it is. */
  readonly failure: string | null;
}

/** The figures of a scenario. Each is printed when it is added. */
export class Figures {
  readonly #print: (line: string) => void;
  readonly #all: Figure[] = [];

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  get all(): readonly Figure[] {
    return this.#all;
  }

  /** Adds a figure. Without a limit it is only shown. */
  add(name: string, value: number, unit = "", limit: Limit = {}): void {
    const failure = failureOf(value, limit);
    this.#all.push({ name, value, unit, limit, failure });
    const text = `${rounded(value)} ${unit}`.trim();
    const expected = expectedOf(limit);
    this.#print(
      `  ${failure === null ? " " : "✗"} ${name.padEnd(NAME_WIDTH)}${text.padStart(12)}  ${expected}`.trimEnd(),
    );
  }

  /** Adds the lag of the event loop. @param limit of the CPU time that nearly all of its rounds take */
  lag(prefix: string, { late, busy }: Pick<Stats, "late" | "busy">, limit: Limit = {}): void {
    this.add(`${prefix}lag of the event loop, p50`, late.p50, "ms");
    this.add(`${prefix}lag of the event loop, p99`, late.p99, "ms");
    this.add(`${prefix}lag of the event loop, max`, late.max, "ms");
    this.add(`${prefix}CPU time between two timers, p99`, busy.p99, "ms", limit);
    this.add(`${prefix}CPU time between two timers, max`, busy.max, "ms");
  }
}

const NAME_WIDTH = 66;

function failureOf(value: number, limit: Limit): string | null {
  const { atMost = Infinity, atLeast = -Infinity, exactly = value } = limit;
  const isRight = value <= atMost && value >= atLeast && value === exactly;
  return isRight ? null : `${rounded(value)} is not ${expectedOf(limit)}`;
}

function expectedOf({ atMost, atLeast, exactly }: Limit): string {
  const parts = [
    exactly !== undefined && `exactly ${rounded(exactly)}`,
    atLeast !== undefined && `at least ${rounded(atLeast)}`,
    atMost !== undefined && `at most ${rounded(atMost)}`,
  ];
  return parts.filter((part) => part !== false).join(", ");
}

/** Of large figures without, of small ones with two digits after the point. */
function rounded(value: number): string {
  return Number.isInteger(value) || Math.abs(value) >= 100
    ? value.toFixed(0)
    : value.toFixed(Math.abs(value) < 10 ? 2 : 1);
}
