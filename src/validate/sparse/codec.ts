import { fromBinary } from "@bufbuild/protobuf";
import { type BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import type { DescMessage, Message } from "../../resource/mod.ts";
import { type FieldReader, fieldReaders, isPlain } from "./field-readers.ts";
import { sparseClass, type SparseMessage } from "./sparse-message.ts";
import { Unusual } from "./unusual.ts";

/** How messages of a type are decoded. */
export interface Codec {
  readonly schema: DescMessage;
  /** Undefined for a type that is left to the library. */
  readonly make: (new () => SparseMessage) | undefined;
  /** By the tags that encoders write; none of fields with large numbers. */
  readonly byTag: readonly (FieldReader | undefined)[];
  readonly numbers: ReadonlySet<number>;
}

/** The codec of a type, compiled when it is first needed. */
export function codecOf(schema: DescMessage): Codec {
  let codec = codecs.get(schema);
  if (codec === undefined) {
    const make = isPlain(schema) ? sparseClass(schema) : undefined;
    const byTag = make === undefined ? [] : fieldReaders(schema, readMessage);
    codec = { schema, make, byTag, numbers: new Set(schema.fields.map(({ number }) => number)) };
    codecs.set(schema, codec);
  }
  return codec;
}

/** Whether messages of a type become sparse ones. */
export function isSparse(codec: Codec): codec is Codec & { readonly make: new () => SparseMessage } {
  return codec.make !== undefined;
}

/**
 * Decodes a message from where a reader is.
 *
 * @param extent.length - in bytes
 * @param extent.depth - in messages, itself included
 * @throws Error for what is left to the library
 */
export function readFields(
  codec: Codec & { readonly make: new () => SparseMessage },
  reader: BinaryReader,
  { length, depth }: { readonly length: number; readonly depth: number },
): SparseMessage {
  const end = reader.pos + length;
  if (depth > MAX_DEPTH || end > reader.len) throw new Unusual();
  const { byTag } = codec;
  const message = new codec.make();
  while (reader.pos < end) {
    const start = reader.pos;
    const tag = reader.uint32();
    if (reader.pos - start > MAX_TAG) throw new Unusual();
    const read = tag < byTag.length ? byTag[tag] : undefined;
    if (read === undefined) skip(codec, reader, tag);
    else read(message, reader, depth);
  }
  if (reader.pos !== end) throw new Unusual();
  return message;
}

const codecs = new WeakMap<DescMessage, Codec>();
/** That of the library, in messages. */
const MAX_DEPTH = 100;
/** In bytes. Those of fields with larger numbers are left to the library. */
const MAX_TAG = 3;

/** Reads a message after its length. */
function readMessage(schema: DescMessage, reader: BinaryReader, depth: number): Message {
  const codec = codecOf(schema);
  if (!isSparse(codec)) return fromBinary(schema, reader.bytes(), { recursionLimit: MAX_DEPTH - depth });
  return readFields(codec, reader, { length: reader.uint32(), depth: depth + 1 });
}

/** Skips a field that is not known. A known one of another wire type is read by the library, in its way. */
function skip({ numbers }: Codec, reader: BinaryReader, tag: number): void {
  const [number, wireType] = [tag >>> 3, tag & 7];
  const isGroup = wireType === WireType.StartGroup || wireType === WireType.EndGroup;
  if (number === 0 || numbers.has(number) || isGroup) throw new Unusual();
  reader.skip(wireType, number);
}
