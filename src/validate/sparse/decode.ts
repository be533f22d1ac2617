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
    return readFields(codec, new BinaryReader(bytes), { length: bytes.length, depth: 1 });
  } catch {
    return fromBinary(schema, bytes);
  }
}
