import { create } from "@bufbuild/protobuf";
import { type Duration, DurationSchema } from "@bufbuild/protobuf/wkt";
import { kindOf, type Node } from "./node.ts";
import type { Read } from "./read-scalar.ts";

/** Reads a duration, which is seconds with an `s`. What people write in its place leads to a hint. */
export function readDuration(node: Node, isSecret: boolean): Read<Duration> {
  const value = node.kind === "scalar" ? node.value : undefined;
  const found = typeof value === "string" ? DURATION.exec(value) : null;
  if (found === null) {
    const hint = isSecret ? undefined : hintFor(value);
    const expected = typeof value === "string" ? EXPECTED : `${EXPECTED}, not ${kindOf(node)}`;
    return { message: expected, ...hint !== undefined && { hint } };
  }
  const [, sign, seconds, fraction = ""] = found;
  if (Number(seconds) > MAX_SECONDS) return { message: "Expected a duration of at most 10,000 years" };
  const factor = sign === "-" ? -1 : 1;
  // Adding 0 makes a zero of -0.
  const nanos = factor * Number(fraction.padEnd(9, "0")) + 0;
  return { value: create(DurationSchema, { seconds: BigInt(factor) * BigInt(seconds!), nanos }) };
}

function hintFor(value: unknown): string | undefined {
  const found = /^(\d{1,9}(?:\.\d{1,9})?)\s*([a-z]*)$/.exec(String(value));
  const factor = found === null ? undefined : UNITS[found[2]!];
  if (factor === undefined) return undefined;
  const seconds = Number((Number(found![1]) * factor).toFixed(9));
  return `write "${seconds}s"`;
}

const EXPECTED = 'Expected a duration in seconds, such as "0.25s"';
const DURATION = /^(-?)(\d{1,15})(?:\.(\d{1,9}))?s$/;
/** The most that protobuf allows. */
const MAX_SECONDS = 315_576_000_000;
/** What people write, in seconds. */
const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  ms: 0.001,
  us: 0.000001,
  s: 1,
  sec: 1,
  m: 60,
  min: 60,
  h: 3600,
  d: 86_400,
};
