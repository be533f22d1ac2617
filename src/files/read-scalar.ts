import { type DescEnum, ScalarType } from "@bufbuild/protobuf";
import { base64Decode } from "@bufbuild/protobuf/wire";
import { isExpanded, kindOf, type Node } from "./node.ts";
import { didYouMean, likelyName } from "./spelling.ts";

/** What a node is as a value of a type, or why it is none. */
export type Read<T> = { readonly value: T } | Wrong;

/** Why a node has not the type that is expected. The text has no value that may be secret. */
export interface Wrong {
  readonly message: string;
  readonly hint?: string;
}

/** Reads a scalar as protobuf's JSON has it. Integers of 64 bits become bigints. */
export function readScalar(type: ScalarType, node: Node): Read<string | number | bigint | boolean | Uint8Array> {
  switch (type) {
    case ScalarType.STRING:
      return readString(node);
    case ScalarType.BOOL:
      return readBoolean(node);
    case ScalarType.BYTES:
      return readBytes(node);
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return readFloat(node, type === ScalarType.FLOAT ? MAX_FLOAT : Number.MAX_VALUE);
    default:
      return readInteger(type, node);
  }
}

/** Reads a value of an enum: a name, in any case as Envoy reads it, or a number. */
export function readEnum(type: DescEnum, node: Node, isSecret: boolean): Read<number> {
  const value = node.kind === "scalar" ? node.value : undefined;
  if (typeof value === "string") {
    const named = namesOf(type).get(value.toUpperCase());
    if (named !== undefined) return { value: named };
  }
  const number = readInteger(ScalarType.INT32, node);
  if ("value" in number) return { value: Number(number.value) };
  const names = type.values.map(({ name }) => name);
  if (typeof value !== "string" || isSecret || isExpanded(node) || !PRESENTABLE.test(value)) {
    return { message: `Expected ${listed(names)}, not ${kindOf(node)}` };
  }
  return { message: `Unknown value "${value}", expected ${listed(names)}`, ...didYouMean(likelyName(value, names)) };
}

function readString(node: Node): Read<string> {
  if (node.kind !== "scalar") return { message: `Expected a string, not ${kindOf(node)}` };
  if (typeof node.value === "string") return { value: node.value };
  return { message: `Expected a string, not ${kindOf(node)}`, ...node.value !== null && { hint: "put it in quotes" } };
}

/** Envoy reads some strings as booleans, too: those of `absl::SimpleAtob`. */
function readBoolean(node: Node): Read<boolean> {
  const value = node.kind === "scalar" ? node.value : undefined;
  const boolean = typeof value === "string" ? BOOLEANS.get(value.toLowerCase()) : value;
  return typeof boolean === "boolean" ? { value: boolean } : { message: `Expected true or false, not ${kindOf(node)}` };
}

function readBytes(node: Node): Read<Uint8Array> {
  const value = node.kind === "scalar" ? node.value : undefined;
  if (typeof value !== "string") return { message: `Expected a string of base64, not ${kindOf(node)}` };
  if (BASE64.test(value)) {
    try {
      return { value: base64Decode(value.replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, "")) };
    } catch {
      // The length is one that no base64 has.
    }
  }
  return { message: "Expected a string of base64", hint: "a text goes into a field such as inline_string" };
}

function readFloat(node: Node, max: number): Read<number> {
  const value = node.kind === "scalar" ? node.value : undefined;
  const special = typeof value === "string" ? SPECIAL.get(value.toLowerCase().replace("+", "")) : undefined;
  if (special !== undefined) return { value: special };
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "bigint") {
    return { message: `Expected a number, not ${kindOf(node)}` };
  }
  const number = typeof value === "string" && !DECIMAL.test(value) ? NaN : Number(value);
  if (Number.isNaN(number)) return { message: `Expected a number, not ${kindOf(node)}` };
  return Math.abs(number) <= max ? { value: number } : { message: "Expected a smaller number" };
}

function readInteger(type: ScalarType, node: Node): Read<number | bigint> {
  const [min, max] = RANGES.get(type)!;
  const value = node.kind === "scalar" ? node.value : undefined;
  const expected = `Expected an integer from ${min} to ${max}`;
  const integer = typeof value === "bigint" ? value : integerOf(value);
  if (integer === undefined) {
    return { message: typeof value === "number" ? expected : `${expected}, not ${kindOf(node)}` };
  }
  if (integer < min || integer > max) return { message: expected };
  return { value: LONG.has(type) ? integer : Number(integer) };
}

function integerOf(value: unknown): bigint | undefined {
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : undefined;
  if (typeof value !== "string") return undefined;
  if (INTEGER.test(value)) return BigInt(value.replace("+", ""));
  // Envoy reads 1.0 and 1e3 as integers.
  return DECIMAL.test(value) && Number.isSafeInteger(Number(value)) ? BigInt(Number(value)) : undefined;
}

function namesOf(type: DescEnum): ReadonlyMap<string, number> {
  let names = enumNames.get(type);
  if (names === undefined) {
    names = new Map(type.values.map(({ name, number }) => [name.toUpperCase(), number]));
    enumNames.set(type, names);
  }
  return names;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES);
  const more = names.length - shown.length;
  return `one of ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

const enumNames = new WeakMap<DescEnum, ReadonlyMap<string, number>>();
const MAX_NAMES = 12;
/** What may be quoted: a word that is short, as the names of enums are. */
const PRESENTABLE = /^[A-Za-z][A-Za-z_]{0,39}$/;
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INTEGER = /^(?:[+-]?\d{1,40}|0[xX][0-9a-fA-F]{1,16})$/;
const SPECIAL = new Map([
  ["nan", NaN],
  ["inf", Infinity],
  ["infinity", Infinity],
  ["-inf", -Infinity],
  ["-infinity", -Infinity],
]);
const BOOLEANS = new Map([
  ...["true", "t", "yes", "y", "1"].map((word) => [word, true] as const),
  ...["false", "f", "no", "n", "0"].map((word) => [word, false] as const),
]);
const MAX_FLOAT = 3.4028234663852886e38;

const INT32 = [-(2n ** 31n), 2n ** 31n - 1n] as const;
const UINT32 = [0n, 2n ** 32n - 1n] as const;
const INT64 = [-(2n ** 63n), 2n ** 63n - 1n] as const;
const UINT64 = [0n, 2n ** 64n - 1n] as const;
const RANGES = new Map([
  [ScalarType.INT32, INT32],
  [ScalarType.SINT32, INT32],
  [ScalarType.SFIXED32, INT32],
  [ScalarType.UINT32, UINT32],
  [ScalarType.FIXED32, UINT32],
  [ScalarType.INT64, INT64],
  [ScalarType.SINT64, INT64],
  [ScalarType.SFIXED64, INT64],
  [ScalarType.UINT64, UINT64],
  [ScalarType.FIXED64, UINT64],
]);
const LONG = new Set([...RANGES].filter(([, range]) => range === INT64 || range === UINT64).map(([type]) => type));
