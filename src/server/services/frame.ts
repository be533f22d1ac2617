import { type DescMessage, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { GRPC_PREFIX_LENGTH } from "../../stream/mod.ts";

/** Encodes a message with its prefix of gRPC. */
export function frameOf<D extends DescMessage>(schema: D, message: MessageShape<D>): Uint8Array {
  const bytes = toBinary(schema, message);
  const frame = new Uint8Array(GRPC_PREFIX_LENGTH + bytes.length);
  new DataView(frame.buffer).setUint32(1, bytes.length);
  frame.set(bytes, GRPC_PREFIX_LENGTH);
  return frame;
}
