import { type DescField, ScalarType } from "@bufbuild/protobuf";
import { type BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { Edition, isWrapperDesc } from "@bufbuild/protobuf/wkt";
import type { DescMessage, Message } from "../../resource/mod.ts";
import { slotsOf } from "./layout.ts";
import { SCALARS } from "./scalar-readers.ts";
import { addSlot, MAX_SLOTS, type SparseMessage } from "./sparse-message.ts";
import { Unusual } from "./unusual.ts";

/** Reads a field after its tag into a message. @throws Error for what is left to the library */
export type FieldReader = (message: SparseMessage, reader: BinaryReader, depth: number) => void;

/** Reads a message after its tag. @param depth - of the message that holds it */
export type MessageReader = (schema: DescMessage, reader: BinaryReader, depth: number) => Message;

/**
 * Whether no message of a type is left to the library: those of proto2 are, those that have JSON in them, and those of
 * more slots than any type of Envoy's API has.
 */
export function isPlain(schema: DescMessage): boolean {
  if (schema.file.edition !== Edition.EDITION_PROTO3 || slotsOf(schema).length > MAX_SLOTS) return false;
  return schema.fields.every((field) => {
    if (field.message?.typeName === "google.protobuf.Struct") return false;
    if (field.enum !== undefined && !field.enum.open) return false;
    return field.fieldKind !== "map" || field.mapKey === ScalarType.STRING;
  });
}

/** The readers of a plain type's fields, by tag. Fields with large numbers have none, so that the list is short. */
export function fieldReaders(schema: DescMessage, readMessage: MessageReader): (FieldReader | undefined)[] {
  const byTag = new Map<number, FieldReader>();
  for (const [slot, member] of slotsOf(schema).entries()) {
    for (const field of member.kind === "field" ? [member] : member.fields) {
      if (field.number <= MAX_NUMBER) addReader(byTag, field, { slot, ...valueReader(field, readMessage) });
    }
  }
  return Array.from({ length: Math.max(-1, ...byTag.keys()) + 1 }, (_, tag) => byTag.get(tag));
}

/** Envoy's API has a few fields with larger ones. */
const MAX_NUMBER = 127;

type ReadValue = (reader: BinaryReader, depth: number) => unknown;

interface Into {
  readonly slot: number;
  readonly read: ReadValue;
}

function addReader(
  byTag: Map<number, FieldReader>,
  field: DescField,
  { wireType, ...into }: Into & { readonly wireType: WireType },
): void {
  const isDelimited = wireType === WireType.LengthDelimited || field.fieldKind === "list" || field.fieldKind === "map";
  byTag.set(tagOf(field, isDelimited ? WireType.LengthDelimited : wireType), readerOf(field, { wireType, ...into }));
}

function readerOf(field: DescField, { wireType, ...into }: Into & { readonly wireType: WireType }): FieldReader {
  if (field.oneof !== undefined) return oneofReader(field, into);
  switch (field.fieldKind) {
    case "list":
      return wireType === WireType.LengthDelimited ? listReader(field, into) : packedReader(field, into);
    case "map":
      return mapReader(field, { ...into, valueTag: 2 << 3 | wireType });
    default:
      return singularReader(field, into);
  }
}

function tagOf({ number }: DescField, wireType: WireType): number {
  return number << 3 | wireType;
}

/** Reads a value of a field, or of a member of it. */
function valueReader(
  field: DescField,
  readMessage: MessageReader,
): { readonly wireType: WireType; readonly read: ReadValue } {
  const { message, fieldKind, oneof } = field;
  if (message === undefined) return SCALARS[field.scalar ?? ScalarType.INT32];
  const isUnboxed = fieldKind === "message" && oneof === undefined && isWrapperDesc(message);
  return {
    wireType: WireType.LengthDelimited,
    read: isUnboxed
      ? (reader, depth) => (readMessage(message, reader, depth) as Message & { readonly value: unknown }).value
      : (reader, depth) => readMessage(message, reader, depth),
  };
}

// The library merges a message that is there twice; of a scalar the last one counts.

function singularReader({ localName }: DescField, { slot, read }: Into): FieldReader {
  return (message, reader, depth) => {
    if (!addSlot(message, slot)) throw new Unusual();
    message[localName] = read(reader, depth);
  };
}

function oneofReader({ localName, oneof }: DescField, { slot, read }: Into): FieldReader {
  const name = oneof!.localName;
  return (message, reader, depth) => {
    if (!addSlot(message, slot)) throw new Unusual();
    message[name] = { case: localName, value: read(reader, depth) };
  };
}

function listReader({ localName }: DescField, { slot, read }: Into): FieldReader {
  return (message, reader, depth) => {
    const value = read(reader, depth);
    if (addSlot(message, slot)) message[localName] = [value];
    else (message[localName] as unknown[]).push(value);
  };
}

function packedReader({ localName }: DescField, { slot, read }: Into): FieldReader {
  return (message, reader, depth) => {
    if (!addSlot(message, slot)) throw new Unusual();
    const list: unknown[] = message[localName] = [];
    const end = reader.uint32() + reader.pos;
    while (reader.pos < end) list.push(read(reader, depth));
    if (reader.pos !== end) throw new Unusual();
  };
}

const KEY_TAG = 1 << 3 | WireType.LengthDelimited;

/** Encoders write the key and the value of each entry. */
function mapReader(
  { localName }: DescField,
  { slot, read, valueTag }: Into & { readonly valueTag: number },
): FieldReader {
  return (message, reader, depth) => {
    const end = reader.uint32() + reader.pos;
    if (reader.uint32() !== KEY_TAG) throw new Unusual();
    const key = reader.string(true);
    if (key === "__proto__" || reader.uint32() !== valueTag) throw new Unusual();
    const value = read(reader, depth);
    if (reader.pos !== end) throw new Unusual();
    if (addSlot(message, slot)) message[localName] = { [key]: value };
    else (message[localName] as Record<string, unknown>)[key] = value;
  };
}
