import { type Rule, rule } from "./rule.ts";

/** The size of a value, and bounds of it that cost nothing. */
export interface Measure<T> {
  readonly atLeast: (value: T) => number;
  readonly atMost: (value: T) => number;
  readonly exact: (value: T) => number;
}

/** Bounds of a size; each may be absent. */
export interface LengthBounds {
  readonly len?: bigint | undefined;
  readonly min?: bigint | undefined;
  readonly max?: bigint | undefined;
}

/** The names of the rules. */
interface Ids {
  readonly len: string;
  readonly min: string;
  readonly max: string;
}

const LENGTHS: Ids = { len: "len", min: "min_len", max: "max_len" };

/** The rules of the size of strings and bytes. @param unit - what is counted */
// deno-lint-ignore style/few-parameters -- the parts of a rule
export function lengthRules<T>(
  kind: string,
  unit: string,
  { len, min, max }: LengthBounds,
  measure: Measure<T>,
  ids: Ids = LENGTHS,
): Rule[] {
  const { exact, atLeast, atMost } = measure;
  if (len !== undefined) {
    return [rule<T>(`${kind}.${ids.len}`, `Must have ${count(len, unit)}`, (value) => exact(value) !== Number(len))];
  }
  const rules: Rule[] = [];
  if (min !== undefined) {
    const least = Number(min);
    rules.push(rule<T>(`${kind}.${ids.min}`, `Must have at least ${count(min, unit)}`, (value) => {
      return atLeast(value) < least && exact(value) < least;
    }));
  }
  if (max !== undefined) {
    const most = Number(max);
    rules.push(rule<T>(`${kind}.${ids.max}`, `Must have at most ${count(max, unit)}`, (value) => {
      return atMost(value) > most && exact(value) > most;
    }));
  }
  return rules;
}

/** As in "1 item" and "2 items". */
export function count(number: bigint | number, unit: string): string {
  return number == 1 ? `1 ${unit}` : `${number} ${unit}s`;
}
