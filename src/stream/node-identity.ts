import { type DescMessage, fromBinary } from "@bufbuild/protobuf";
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { Node } from "../../gen/envoy/config/core/v3/base_pb.ts";
import { ProtocolError } from "./protocol-error.ts";

/**
 * Who the client of a stream is. The first request says it for the whole stream; Envoy says it again in each request
 * unless told not to, which costs no more than a look at the bytes.
 */
export class NodeIdentity {
  readonly #schema: DescMessage;
  #bytes: Uint8Array | undefined = undefined;
  #node: Node | undefined = undefined;

  constructor(schema: DescMessage) {
    this.#schema = schema;
  }

  /** Undefined before the first request. */
  get node(): Node | undefined {
    return this.#node;
  }

  /**
   * Takes note of the node of a request.
   *
   * @returns whether the node is another than before: the first one, or one of the same id with other properties,
   * as `dynamic_parameters` may change at run time
   * @throws ProtocolError where the first request has no node, or a later one another id
   */
  update(bytes: Uint8Array | undefined): boolean {
    if (bytes === undefined) {
      if (this.#node === undefined) {
        throw new ProtocolError("invalid_argument", "the first request of a stream must have a node");
      }
      return false;
    }
    if (this.#bytes !== undefined && equal(this.#bytes, bytes)) return false;
    const node = decodeNode(this.#schema, bytes);
    if (this.#node !== undefined && this.#node.id !== node.id) {
      throw new ProtocolError("invalid_argument", "the node's id must not change during a stream");
    }
    this.#node = node;
    // The request's own buffer is not kept: the node is a part of it.
    this.#bytes = bytes.slice();
    return true;
  }
}

/** `Node.extensions`: nearly all of what a real Envoy sends, and milliseconds of decoding. */
const EXTENSIONS = 9;

/** Decodes a node without its list of extensions. */
function decodeNode(schema: DescMessage, bytes: Uint8Array): Node {
  const reader = new BinaryReader(bytes);
  const kept = new BinaryWriter();
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [number, wireType] = reader.tag();
    reader.skip(wireType, number);
    if (number !== EXTENSIONS || wireType !== WireType.LengthDelimited) kept.raw(bytes.subarray(start, reader.pos));
  }
  return fromBinary(schema, kept.finish()) as unknown as Node;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
