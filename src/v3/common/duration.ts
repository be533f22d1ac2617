/** A length of time: milliseconds as a number, or a text with its unit: `"250ms"`, `"1.5s"`, `"2m"`, `"1h"`. */
export type DurationValue = number | string;

/** The fields of a `google.protobuf.Duration`. */
export interface DurationFields {
  /** Whole seconds. */
  readonly seconds: bigint;
  /** The rest, in nanoseconds. */
  readonly nanos: number;
}

/**
 * Makes a `google.protobuf.Duration`, for fields of messages that are written as they are.
 *
 * @param value - milliseconds, or a text such as `"1.5s"`
 * @param what - what the error calls it. Default: `duration`.
 * @throws TypeError for a text that is not a duration
 * @throws RangeError for one that is negative, or longer than 10,000 years
 *
 * @example
 * ```ts
 * cluster({ name: "a", connectTimeout: duration("250ms") });
 * ```
 */
export function duration(value: DurationValue, what = "duration"): DurationFields {
  const ms = typeof value === "number" ? value : msOf(value, what);
  if (!(ms >= 0 && ms <= MAX_MS)) {
    throw new RangeError(`Cannot use ${value} as ${what}: it must be from 0 to 10,000 years, in milliseconds`);
  }
  const seconds = Math.floor(ms / 1_000);
  const nanos = Math.round((ms - seconds * 1_000) * 1e6);
  return nanos === 1e9 ? { seconds: BigInt(seconds + 1), nanos: 0 } : { seconds: BigInt(seconds), nanos };
}

/** The limit of `google.protobuf.Duration`. */
const MAX_MS = 315_576_000_000_000;

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

function msOf(text: string, what: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  if (amount === undefined) {
    throw new TypeError(
      `Cannot read "${text}" as ${what}: give milliseconds as a number, or a text such as "250ms", "1.5s" or "2m"`,
    );
  }
  return Number(amount) * UNITS[unit!]!;
}
