import { type Rule, rule } from "./rule.ts";

/** The bounds of a range, each of which may be absent. */
export interface Bounds<T> {
  readonly lt?: T | undefined;
  readonly lte?: T | undefined;
  readonly gt?: T | undefined;
  readonly gte?: T | undefined;
}

/** How values of a type are compared with bounds, and written. */
export interface Order<V, T> {
  /** Below 0 if the value is less than the bound, 0 if they are equal, NaN if they have no order. */
  readonly compare: (value: V, bound: T) => number;
  readonly show: (bound: T) => string;
  /** Whether an upper bound lies above a lower one. */
  readonly isAbove: (upper: T, lower: T) => boolean;
}

/**
 * The rules of a range. Where the upper bound is not above the lower one, values outside of the two are meant. As in
 * Go's generated code, NaN breaks none of them.
 */
export function rangeRules<V, T>(kind: string, bounds: Bounds<T>, { compare, show, isAbove }: Order<V, T>): Rule[] {
  const { lower, upper } = sidesOf(kind, bounds, { compare, show, isAbove });
  if (!lower || !upper || isAbove(upper.bound, lower.bound)) {
    return [lower, upper].flatMap((side) => side ? [side.rule] : []);
  }
  const text = `Must not lie between ${show(upper.bound)} and ${show(lower.bound)}`;
  return [rule<V>(`${kind}.range`, text, (value) => {
    return lower.rule.isBroken(value as never) && upper.rule.isBroken(value as never);
  })];
}

/** The order of numbers, and of 64-bit ones. */
export const NUMERIC: Order<number | bigint, number | bigint> = {
  compare: (value, bound) => value < bound ? -1 : value > bound ? 1 : value == bound ? 0 : NaN,
  show: String,
  isAbove: (upper, lower) => upper > lower,
};

interface Side<T> {
  readonly bound: T;
  readonly rule: Rule;
}

function sidesOf<V, T>(
  kind: string,
  { lt, lte, gt, gte }: Bounds<T>,
  { compare, show }: Order<V, T>,
): { readonly lower: Side<T> | undefined; readonly upper: Side<T> | undefined } {
  const side = (id: string, text: string, bound: T, isBroken: (order: number) => boolean): Side<T> => {
    const made = rule<V>(`${kind}.${id}`, `Must be ${text} ${show(bound)}`, (value) => isBroken(compare(value, bound)));
    return { bound, rule: made };
  };
  const upper = lt !== undefined
    ? side("lt", "less than", lt, (order) => order >= 0)
    : lte !== undefined
    ? side("lte", "at most", lte, (order) => order > 0)
    : undefined;
  const lower = gt !== undefined
    ? side("gt", "greater than", gt, (order) => order <= 0)
    : gte !== undefined
    ? side("gte", "at least", gte, (order) => order < 0)
    : undefined;
  return { lower, upper };
}
