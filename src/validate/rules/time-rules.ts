import type { Duration, Timestamp } from "@bufbuild/protobuf/wkt";
import type * as pgv from "../../../gen/validate/validate_pb.ts";
import { type Bounds, type Order, rangeRules } from "./bounds.ts";
import { membership, type Rule, rule, setFields } from "./rule.ts";

/** The rules of durations, which are checked for their range where they have a rule that compares. */
export function durationRules(message: pgv.DurationRules): Rule[] {
  const { const: only, ...set } = setFields(message);
  const bounds = set as Bounds<Duration>;
  const rules = [
    ...membership<bigint>("duration", {
      const: only && nanosOf(only),
      in: message.in.map(nanosOf),
      notIn: message.notIn.map(nanosOf),
    }, showNanos).map(({ id, expected, isBroken }) => {
      return rule<Duration>(id, expected, (value) => isBroken(nanosOf(value) as never));
    }),
    ...rangeRules("duration", bounds, DURATIONS),
  ];
  return guarded<Duration>("duration", rules, isDuration);
}

/** The rules of timestamps. */
export function timestampRules(message: pgv.TimestampRules): Rule[] {
  const { const: only, ...set } = setFields(message);
  const rules = rangeRules("timestamp", set as Bounds<Timestamp>, TIMESTAMPS);
  if (only) {
    rules.push(rule<Timestamp>("timestamp.const", `Must be ${showTime(only)}`, (value) => {
      return TIMESTAMPS.compare(value, only) !== 0;
    }));
  }
  // Rules that compare with now are used where no rule compares with a time.
  if (rules.length === (only ? 1 : 0)) rules.push(...nowRules(set));
  return guarded<Timestamp>("timestamp", rules, isTimestamp);
}

/** In seconds: ten thousand years. */
const MAX_DURATION = 315_576_000_000;
const [YEAR_1, YEAR_10000] = [-62_135_596_800n, 253_402_300_800n];
/** Where Go's durations end, so that what is longer is taken for this. */
const MAX_NANOS = 9_223_372_036_854_775_807n;

const DURATIONS: Order<Duration, Duration> = {
  compare: comparePairs,
  show: (bound) => showNanos(nanosOf(bound)),
  isAbove: (upper, lower) => comparePairs(upper, lower) > 0,
};

const TIMESTAMPS: Order<Timestamp, Timestamp> = {
  compare: comparePairs,
  show: showTime,
  isAbove: (upper, lower) => comparePairs(upper, lower) > 0,
};

interface Pair {
  readonly seconds: bigint;
  readonly nanos: number;
}

function comparePairs(a: Pair, b: Pair): number {
  const [left, right] = [Number(a.seconds), Number(b.seconds)];
  return left === right ? a.nanos - b.nanos : left - right;
}

function nanosOf({ seconds, nanos }: Pair): bigint {
  const total = seconds * 1_000_000_000n + BigInt(nanos);
  return total > MAX_NANOS ? MAX_NANOS : total < -MAX_NANOS ? -MAX_NANOS - 1n : total;
}

function isDuration({ seconds, nanos }: Duration): boolean {
  const whole = Number(seconds);
  return whole >= -MAX_DURATION && whole <= MAX_DURATION && nanos > -1e9 && nanos < 1e9 &&
    !(whole > 0 && nanos < 0) && !(whole < 0 && nanos > 0);
}

function isTimestamp({ seconds, nanos }: Timestamp): boolean {
  return seconds >= YEAR_1 && seconds < YEAR_10000 && nanos >= 0 && nanos < 1e9;
}

/** Other rules are not looked at for a value that is none of its type. */
function guarded<T>(kind: string, rules: readonly Rule[], isValid: (value: T) => boolean): Rule[] {
  if (rules.length === 0) return [];
  return [
    rule<T>(`${kind}.valid`, `Must be a ${kind} in the range of protobuf`, (value) => !isValid(value)),
    ...rules.map(({ id, expected, isBroken }) => {
      return rule<T>(id, expected, (value) => isValid(value) && isBroken(value as never));
    }),
  ];
}

function nowRules({ ltNow, gtNow, within }: Partial<pgv.TimestampRules>): Rule[] {
  const span = within && nanosOf(within);
  const near = span === undefined ? "" : `, by ${showNanos(span)} at most`;
  const sinceNow = (value: Timestamp) => {
    return value.seconds * 1_000_000_000n + BigInt(value.nanos) - BigInt(Date.now()) * 1_000_000n;
  };
  if (ltNow !== undefined) {
    return [rule<Timestamp>("timestamp.lt_now", `Must be before now${near}`, (value) => {
      const distance = sinceNow(value);
      return distance >= 0n || (span !== undefined && distance < -span);
    })];
  }
  if (gtNow !== undefined) {
    return [rule<Timestamp>("timestamp.gt_now", `Must be after now${near}`, (value) => {
      const distance = sinceNow(value);
      return distance <= 0n || (span !== undefined && distance > span);
    })];
  }
  if (span === undefined) return [];
  return [rule<Timestamp>("timestamp.within", `Must be within ${showNanos(span)} of now`, (value) => {
    const distance = sinceNow(value);
    return distance >= span || distance <= -span;
  })];
}

/** As in `0.25s`. */
function showNanos(nanos: bigint): string {
  return `${Number(nanos) / 1e9}s`;
}

function showTime({ seconds, nanos }: Timestamp): string {
  return new Date(Number(seconds) * 1000 + Math.floor(nanos / 1e6)).toISOString();
}
