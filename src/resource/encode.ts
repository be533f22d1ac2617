import { create } from "@bufbuild/protobuf";
import { ByteWriter } from "./encoding/byte-writer.ts";
import type { Fields } from "./encoding/field-writers.ts";
import { libraryBytes } from "./encoding/library.ts";
import { messageWriter } from "./encoding/message-writer.ts";
import type { DescMessage, MessageInitShape } from "./protobuf-types.ts";

/**
 * Encodes a message so that equal messages give equal bytes on every replica and after every restart: protobuf leaves the
 * order of map entries open, and here it is that of their keys. No message is made of an object with fields of one, and
 * nothing that is given is changed.
 *
 * @param schema - the message's descriptor
 * @param init - the message, or fields of it
 * @throws Error for a value of another type than its field
 */
export function encode(schema: DescMessage, init: MessageInitShape<DescMessage>): Uint8Array {
  return write((writer) => {
    writeMessage(writer, schema, init);
    return writer.copy();
  });
}

/** Writes with memory that is used again and again. @returns what `make` returns */
export function write<T>(make: (writer: ByteWriter) => T): T {
  // A getter of an object that is read may write as well.
  const writer = idle ?? new ByteWriter();
  idle = undefined;
  try {
    return make(writer);
  } finally {
    writer.clear();
    idle = writer;
  }
}

/** Writes a message without a tag; see {@link encode}. */
export function writeMessage(writer: ByteWriter, schema: DescMessage, init: MessageInitShape<DescMessage>): void {
  const { size } = writer;
  try {
    messageWriter(schema)(writer, init as Fields, false);
  } catch {
    // What the writers do not know, the library encodes, or has the error for.
    writer.reset(size);
    writer.raw(libraryBytes(schema, create(schema, init)));
  }
}

let idle: ByteWriter | undefined;
