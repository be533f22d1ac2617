import { create, type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { reflect, type ReflectMessage } from "@bufbuild/protobuf/reflect";
import {
  type Any,
  AnySchema,
  DurationSchema,
  FieldMaskSchema,
  isWrapperDesc,
  StructSchema,
  TimestampSchema,
  ValueSchema,
} from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { encode, type Message } from "../../src/resource/mod.ts";
import { knownType, knownTypeNames } from "../../src/v3/known-types.ts";

/** The types of configuration, of which there are about 1,200. */
export const CONFIGURATION = [...knownTypeNames()].filter((name) =>
  /^(envoy\.(config|extensions|type)|xds\.type)\./.test(name)
);

/** Draws a value of an arbitrary. */
type Draw = fc.GeneratorValue;

/** Makes any message of a type: any fields, any values that JSON has a form for, and any types in its `Any`s. */
export function anyMessage(g: Draw, desc: DescMessage, depth = 0): Message {
  switch (desc.typeName) {
    case "google.protobuf.Any":
      return packed(g, depth);
    case "google.protobuf.Duration":
      return create(DurationSchema, duration(g));
    case "google.protobuf.Timestamp":
      return create(TimestampSchema, { seconds: BigInt(g(SECONDS)), nanos: g(NANOS) });
    case "google.protobuf.FieldMask":
      return create(FieldMaskSchema, {
        paths: g(() => fc.array(fc.constantFrom("a", "b_c", "d.e_f"), { minLength: 1 })),
      });
    case "google.protobuf.Struct":
      return create(StructSchema, {
        fields: { a: create(ValueSchema, value(g)), "b c": create(ValueSchema, value(g)) },
      });
    case "google.protobuf.Value":
      return create(ValueSchema, value(g));
  }
  const message = reflect(desc, create(desc), false);
  const isWrapper = isWrapperDesc(desc);
  for (const field of desc.fields) if (isWrapper || g(CHANCES)) setField(g, message, field, depth);
  return message.message;
}

/** Most fields are set, so that messages grow fast with the depth. */
const MAX_DEPTH = 2;

function setField(g: Draw, message: ReflectMessage, field: DescField, depth: number): void {
  if (field.message !== undefined && depth > MAX_DEPTH) return;
  const single = () => singleValue(g, field, depth);
  if (field.fieldKind === "list") {
    const list = message.get(field);
    for (let n = g(SIZE); n > 0; n--) list.add(single());
  } else if (field.fieldKind === "map") {
    const map = message.get(field);
    for (let n = g(SIZE); n > 0; n--) map.set(scalar(g, field.mapKey) as never, single());
  } else {
    message.set(field, single());
  }
}

function singleValue(g: Draw, field: DescField, depth: number): unknown {
  if (field.message !== undefined) return reflect(field.message, anyMessage(g, field.message, depth + 1), false);
  if (field.enum !== undefined) return g(() => fc.constantFrom(...field.enum!.values.map(({ number }) => number), 77));
  return scalar(g, field.scalar!);
}

function packed(g: Draw, depth: number): Any {
  if (depth > MAX_DEPTH || g(EMPTY)) return create(AnySchema);
  const desc = knownType(g(TYPE))!;
  const value = encode(desc, anyMessage(g, desc, depth + 1));
  return create(AnySchema, { typeUrl: `type.googleapis.com/${desc.typeName}`, value });
}

function duration(g: Draw): { seconds: bigint; nanos: number } {
  const sign = g(CHANCES) ? 1 : -1;
  // Adding 0 makes a zero of -0.
  return { seconds: BigInt(sign * g(SECONDS)), nanos: sign * g(NANOS) + 0 };
}

function value(g: Draw): { kind: { case: "stringValue"; value: string } | { case: "numberValue"; value: number } } {
  if (g(CHANCES)) return { kind: { case: "stringValue", value: g(TEXT) } };
  return { kind: { case: "numberValue", value: g(INT) } };
}

function scalar(g: Draw, type: ScalarType): unknown {
  switch (type) {
    case ScalarType.STRING:
      return g(TEXT);
    case ScalarType.BOOL:
      return g(CHANCES);
    case ScalarType.BYTES:
      return g(BYTES);
    case ScalarType.DOUBLE:
      return g(DOUBLE) + 0;
    case ScalarType.FLOAT:
      return Math.fround(g(FLOAT)) + 0;
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return g(INT64);
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return g(UINT64);
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return g(UINT);
    default:
      return g(INT);
  }
}

const CHANCES = () => fc.constantFrom(true, true, false, true);
const EMPTY = () => fc.integer({ min: 0, max: 9 }).map((n) => n === 0);
const SIZE = () => fc.constantFrom(2, 1, 3, 0);
const TYPE = () => fc.constantFrom(...CONFIGURATION, "google.protobuf.StringValue", "google.protobuf.Duration");
const TEXT = () => fc.string({ unit: "grapheme", maxLength: 12 });
const BYTES = () => fc.uint8Array({ maxLength: 12 });
const DOUBLE = () => fc.double();
const FLOAT = () => fc.float();
const INT = () => fc.integer();
const UINT = () => fc.integer({ min: 0, max: 2 ** 32 - 1 });
const INT64 = () => fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const UINT64 = () => fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const SECONDS = () => fc.integer({ min: 0, max: 200_000_000_000 });
const NANOS = () => fc.integer({ min: 0, max: 999_999_999 });
