import { type DescField, ScalarType } from "@bufbuild/protobuf";
import { isWrapperDesc } from "@bufbuild/protobuf/wkt";
import { WireType } from "@bufbuild/protobuf/wire";
import type { DescMessage } from "../protobuf-types.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { writeStruct } from "./json-writer.ts";
import { keyWriter, sortedKeys } from "./map-keys.ts";
import { scalarWriter } from "./scalar-writers.ts";
import { SelfWriting } from "./self-writing.ts";
import { UNSUPPORTED } from "./unsupported.ts";

/**
 * Writes a value with its tag, if it is not the one that the field has anyway.
 *
 * @param inMessage - the value is a field of a message, and not of fields to make one of
 * @throws UNSUPPORTED for a value of another type
 */
export type WriteValue = (writer: ByteWriter, value: unknown, inMessage: boolean) => void;

/** Writes the fields of a message, or of an object with fields to make one of. */
export type WriteMessage = (writer: ByteWriter, source: Fields, inMessage: boolean) => void;

/** A message, or fields of it, by their local names. */
export type Fields = Readonly<Record<string, unknown>>;

/** Finds the writer of a message type. */
export type WriterOf = (schema: DescMessage) => WriteMessage;

/** How the value of a field is written. A field in a oneof is written whatever its value. */
export function fieldWriter(field: DescField, writerOf: WriterOf): WriteValue {
  switch (field.fieldKind) {
    case "scalar":
    case "enum":
      return scalarField(field);
    case "message":
      return isWrapperDesc(field.message) && field.oneof === undefined
        ? wrapperField(field)
        : messageField(field, writerOf);
    case "list":
      return listField(field, writerOf);
    case "map":
      return mapField(field, writerOf);
  }
}

/** `FieldPresence.IMPLICIT`: a field is set if it has another value than zero. */
const IMPLICIT = 2;

function scalarField(field: DescField & { fieldKind: "scalar" | "enum" }): WriteValue {
  const { write, wireType, isZero } = scalarWriter(field.scalar ?? ScalarType.INT32);
  const tag = tagOf(field, wireType);
  const always: WriteValue = (writer, value) => {
    write(writer, value);
    writer.uint32(tag);
  };
  if (field.oneof !== undefined || field.presence !== IMPLICIT) return always;
  if (field.fieldKind === "enum") {
    const zero = field.enum.values[0]!.number;
    return (writer, value, inMessage) => value === zero || always(writer, value, inMessage);
  }
  return (writer, value, inMessage) => isZero(value) || always(writer, value, inMessage);
}

/** A wrapper, such as `google.protobuf.UInt32Value`, is its value, unless it is in a oneof, a list or a map. */
function wrapperField(field: DescField & { fieldKind: "message" }): WriteValue {
  const { write, wireType, isZero } = scalarWriter(field.message.fields[0]!.scalar!);
  const valueTag = 1 << 3 | wireType;
  return delimited(field, (writer, value) => {
    if (isZero(value)) return;
    write(writer, value);
    writer.uint32(valueTag);
  });
}

function messageField(field: DescField & { message: DescMessage }, writerOf: WriterOf): WriteValue {
  return delimited(field, contentWriter(field, writerOf));
}

/** Writes a message without its length and tag. */
function contentWriter(field: DescField & { message: DescMessage }, writerOf: WriterOf): WriteValue {
  // A Struct is plain JSON, except in a google.protobuf.Value.
  if (field.message.typeName === "google.protobuf.Struct" && field.parent.typeName !== "google.protobuf.Value") {
    return (writer, value) => writeStruct(writer, object(value));
  }
  // Types refer to themselves, and most are never written: the writer is made at first use.
  let write: WriteMessage | undefined;
  return (writer, value, inMessage) => (write ??= writerOf(field.message))(writer, object(value), inMessage);
}

function delimited(field: DescField, write: WriteValue): WriteValue {
  if (isGroup(field)) {
    const [start, end] = [tagOf(field, WireType.StartGroup), tagOf(field, WireType.EndGroup)];
    return (writer, value, inMessage) => {
      writer.uint32(end);
      write(writer, value, inMessage);
      writer.uint32(start);
    };
  }
  const tag = tagOf(field, WireType.LengthDelimited);
  return (writer, value, inMessage) => {
    const end = writer.size;
    write(writer, value, inMessage);
    writer.uint32(writer.size - end);
    writer.uint32(tag);
  };
}

function listField(field: DescField & { fieldKind: "list" }, writerOf: WriterOf): WriteValue {
  if (field.listKind === "message") {
    return backwards(delimited(field, selfWriting(field.message.typeName, contentWriter(field, writerOf))));
  }
  const { write, wireType } = scalarWriter(field.scalar ?? ScalarType.INT32);
  if (field.packed) {
    const packed = delimited(field, backwards(write));
    return (writer, list, inMessage) => {
      if (!Array.isArray(list)) throw UNSUPPORTED;
      if (list.length > 0) packed(writer, list, inMessage);
    };
  }
  const tag = tagOf(field, wireType);
  return backwards((writer, value) => {
    write(writer, value);
    writer.uint32(tag);
  });
}

/** Lets an item that can write itself do so, where it is not to be a message already. */
function selfWriting(typeName: string, write: WriteValue): WriteValue {
  return (writer, value, inMessage) => {
    if (value instanceof SelfWriting && value.typeName === typeName && !inMessage) value.writeTo(writer);
    else write(writer, value, inMessage);
  };
}

function backwards(write: WriteValue): WriteValue {
  return (writer, list, inMessage) => {
    if (!Array.isArray(list)) throw UNSUPPORTED;
    for (let i = list.length - 1; i >= 0; i--) write(writer, list[i], inMessage);
  };
}

function mapField(field: DescField & { fieldKind: "map" }, writerOf: WriterOf): WriteValue {
  const writeKey = keyWriter(field.mapKey);
  const writeValue = mapValue(field, writerOf);
  const tag = tagOf(field, WireType.LengthDelimited);
  return (writer, value, inMessage) => {
    const map = object(value);
    const keys = sortedKeys(map);
    for (let i = keys.length - 1; i >= 0; i--) {
      const end = writer.size;
      writeValue(writer, map[keys[i]!], inMessage);
      writeKey(writer, keys[i]!);
      writer.uint32(writer.size - end);
      writer.uint32(tag);
    }
  };
}

function mapValue(field: DescField & { fieldKind: "map" }, writerOf: WriterOf): WriteValue {
  if (field.mapKind === "message") {
    const write = contentWriter(field, writerOf);
    return (writer, value, inMessage) => {
      const end = writer.size;
      write(writer, value, inMessage);
      writer.uint32(writer.size - end);
      writer.uint32(2 << 3 | WireType.LengthDelimited);
    };
  }
  const { write, wireType } = scalarWriter(field.scalar ?? ScalarType.INT32);
  const tag = 2 << 3 | wireType;
  return (writer, value) => {
    write(writer, value);
    writer.uint32(tag);
  };
}

function isGroup(field: DescField): boolean {
  return field.message !== undefined && "delimitedEncoding" in field && field.delimitedEncoding === true;
}

function tagOf({ number }: DescField, wireType: WireType): number {
  return (number << 3 | wireType) >>> 0;
}

function object(value: unknown): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw UNSUPPORTED;
  return value as Fields;
}
