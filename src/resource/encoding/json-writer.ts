import type { ByteWriter } from "./byte-writer.ts";
import { sortedKeys } from "./map-keys.ts";
import { UNSUPPORTED } from "./unsupported.ts";

// The tags of google.protobuf.Struct and Value, which are plain JSON in messages.
const STRUCT_FIELDS = 0x0a;
const ENTRY = { key: 0x0a, value: 0x12 };
const VALUE = { null: 0x08, number: 0x11, string: 0x1a, bool: 0x20, struct: 0x2a, list: 0x32 };
const LIST_VALUES = 0x0a;

/** Writes a JSON object as the fields of a `google.protobuf.Struct`. @throws UNSUPPORTED for a value that is not JSON */
export function writeStruct(writer: ByteWriter, json: object): void {
  const keys = sortedKeys(json);
  for (let i = keys.length - 1; i >= 0; i--) {
    const key = keys[i]!;
    const end = writer.size;
    writeValue(writer, (json as Readonly<Record<string, unknown>>)[key]);
    writer.uint32(writer.size - end);
    writer.uint32(ENTRY.value);
    writer.string(key);
    writer.uint32(ENTRY.key);
    writer.uint32(writer.size - end);
    writer.uint32(STRUCT_FIELDS);
  }
}

function writeValue(writer: ByteWriter, json: unknown): void {
  switch (typeof json) {
    case "string":
      writer.string(json);
      return writer.uint32(VALUE.string);
    case "number":
      writer.double(json);
      return writer.uint32(VALUE.number);
    case "boolean":
      writer.uint32(json ? 1 : 0);
      return writer.uint32(VALUE.bool);
    case "object":
      return writeObject(writer, json);
    default:
      throw UNSUPPORTED;
  }
}

function writeObject(writer: ByteWriter, json: object | null): void {
  if (json === null) {
    writer.uint32(0);
    return writer.uint32(VALUE.null);
  }
  const end = writer.size;
  if (Array.isArray(json)) writeList(writer, json);
  else writeStruct(writer, json);
  writer.uint32(writer.size - end);
  writer.uint32(Array.isArray(json) ? VALUE.list : VALUE.struct);
}

function writeList(writer: ByteWriter, list: readonly unknown[]): void {
  for (let i = list.length - 1; i >= 0; i--) {
    const end = writer.size;
    writeValue(writer, list[i]);
    writer.uint32(writer.size - end);
    writer.uint32(LIST_VALUES);
  }
}
