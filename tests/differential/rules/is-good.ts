import type { DescEnum } from "@bufbuild/protobuf";
import type { BytesRules, DurationRules, EnumRules, StringRules } from "../../../gen/validate/validate_pb.ts";
import { type Pair, set } from "./candidates.ts";

// Whether a value meets the rules of its field, said roughly: it is used to make messages of which most are valid, so that
// a single bad value in them is seen. The oracle says what is right.

export function isGoodNumber(rules: object | undefined, value: number | bigint): boolean {
  const own = set(rules) as Record<string, number> & { in?: number[]; notIn?: number[] };
  if (own.const !== undefined && value !== own.const) return false;
  if (own.in?.length && !own.in.includes(value as number)) return false;
  if (own.notIn?.includes(value as number)) return false;
  const low = !(value <= own.gt!) && !(value < own.gte!);
  const high = !(value >= own.lt!) && !(value > own.lte!);
  return (low && high) || Number.isNaN(Number(value));
}

export function isGoodString(rules: StringRules | undefined, value: string): boolean {
  const own = set(rules);
  const length = BigInt([...value].length);
  const bytes = BigInt(new TextEncoder().encode(value).length);
  if (own.const !== undefined && value !== own.const) return false;
  if (rules?.in.length && !rules.in.includes(value)) return false;
  if (rules?.notIn.includes(value)) return false;
  if (own.len !== undefined && length !== own.len) return false;
  if (length < (own.minLen ?? 0n) || length > (own.maxLen ?? length)) return false;
  if (bytes < (own.minBytes ?? 0n) || bytes > (own.maxBytes ?? bytes)) return false;
  if (own.lenBytes !== undefined && bytes !== own.lenBytes) return false;
  if (!value.startsWith(own.prefix ?? "") || !value.endsWith(own.suffix ?? "")) return false;
  if (own.contains !== undefined && !value.includes(own.contains)) return false;
  if (own.pattern !== undefined && !regexOf(own.pattern).test(value)) return false;
  if (rules?.wellKnown.case === "wellKnownRegex") return /^[\w-]+$/.test(value);
  return true;
}

export function isGoodBytes(rules: BytesRules | undefined, value: Uint8Array): boolean {
  const own = set(rules);
  const length = BigInt(value.length);
  if (own.len !== undefined && length !== own.len) return false;
  return length >= (own.minLen ?? 0n) && length <= (own.maxLen ?? length);
}

export function isGoodEnum(desc: DescEnum, rules: EnumRules | undefined, value: number): boolean {
  const own = set(rules);
  if (own.const !== undefined && value !== own.const) return false;
  if (rules?.in.length && !rules.in.includes(value)) return false;
  return desc.value[value] !== undefined && !rules?.notIn.includes(value);
}

export function isGoodDuration(rules: DurationRules | undefined, [seconds, nanos]: Pair): boolean {
  const { lt, lte, gt, gte, const: only } = set(rules);
  const value = nanosOf({ seconds, nanos });
  if (only && value !== nanosOf(only)) return false;
  if (seconds < 0n || nanos < 0 || nanos >= 1e9 || seconds > 9_000_000_000n) return false;
  if (rules?.in.length && !rules.in.some((each) => nanosOf(each) === value)) return false;
  return !(gt && value <= nanosOf(gt)) && !(gte && value < nanosOf(gte)) && !(lt && value >= nanosOf(lt)) &&
    !(lte && value > nanosOf(lte));
}

function regexOf(pattern: string): RegExp {
  return pattern.startsWith("(?i)") ? new RegExp(pattern.slice(4), "i") : new RegExp(pattern);
}

function nanosOf({ seconds, nanos }: { readonly seconds: bigint; readonly nanos: number }): bigint {
  return seconds * 1_000_000_000n + BigInt(nanos);
}
