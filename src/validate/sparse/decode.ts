import { fromBinary } from "@bufbuild/protobuf";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import type { DescMessage, Message } from "../../resource/mod.ts";
import { codecOf, isSparse, readFields } from "./codec.ts";

/**
 * Decodes a message to be read, not changed: as `fromBinary` does, without unknown fields. What encoders write is decoded
 * to sparse messages. The library decodes all else, such as a message field that is there twice, and throws its errors.
 *
 * @throws Error for bytes that are not of that type
 */
export function decodeSparse(schema: DescMessage, bytes: Uint8Array): Message {
  const codec = codecOf(schema);
  if (!isSparse(codec)) return fromBinary(schema, bytes);
  try {
    return readFields(codec, readerAt(bytes), { length: bytes.length, depth: 1 });
  } catch {
    return fromBinary(schema, bytes);
  }
}

/**
 * A reader at the beginning of some bytes. Small resources share memory by the dozen, and a reader of it costs as much as
 * one of them does to decode: so the last one is used again. It may read beyond the bytes, which `readFields` notices.
 */
function readerAt({ buffer, byteOffset, length }: Uint8Array): BinaryReader {
  if (buffer.byteLength > MAX_SHARED) return new BinaryReader(new Uint8Array(buffer, byteOffset, length));
  if (last === undefined || last.buffer !== buffer) last = { buffer, reader: new BinaryReader(new Uint8Array(buffer)) };
  last.reader.pos = byteOffset;
  return last.reader;
}

let last: { readonly buffer: ArrayBufferLike; readonly reader: BinaryReader } | undefined;
/** In bytes. Resources share no larger buffers, and those would be retained. */
const MAX_SHARED = 2 * 1024;
