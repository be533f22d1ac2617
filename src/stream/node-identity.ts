import { type DescMessage, fromBinary } from "@bufbuild/protobuf";
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { Node } from "../../gen/envoy/config/core/v3/base_pb.ts";
import { encode } from "../resource/mod.ts";
import { ProtocolError } from "./protocol-error.ts";

/**
 * The node of a stream's client. The first request has it for the whole stream; Envoy repeats it in each request unless
 * configured otherwise, which costs no more than a comparison of bytes.
 */
export class NodeIdentity {
  readonly #schema: DescMessage;
  readonly #maxBytes: number;
  #bytes = 0;
  #seen: SeenNode | undefined = undefined;
  /** The node's bytes in a form that equal nodes share. */
  #canonical: Uint8Array = new Uint8Array();
  #node: Node | undefined = undefined;

  /** @param limits.maxNodeBytes - the largest node, without the fields that say how the client was built */
  constructor(schema: DescMessage, { maxNodeBytes }: { readonly maxNodeBytes: number }) {
    this.#schema = schema;
    this.#maxBytes = maxNodeBytes;
  }

  /** The size of the node, without the fields that say how the client was built. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Undefined before the first request. */
  get node(): Node | undefined {
    return this.#node;
  }

  /** Whether the client can read a ttl. Envoy can, and has no client feature that says so. */
  get canReadTtl(): boolean {
    const { clientFeatures = [], userAgentName = "" } = this.#node ?? {};
    return userAgentName === "envoy" || clientFeatures.includes("xds.config.supports-resource-ttl");
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
    if (this.#seen !== undefined && looksTheSame(this.#seen, bytes)) return false;
    const { kept, seen } = this.#split(bytes);
    const node = this.#decode(kept);
    if (this.#node !== undefined && this.#node.id !== node.id) {
      throw new ProtocolError("invalid_argument", "the node's id must not change during a stream");
    }
    this.#seen = seen;
    this.#bytes = kept.length;
    // Envoy writes the entries of maps in another order each time.
    const canonical = encode(this.#schema, node);
    if (this.#node !== undefined && equal(this.#canonical, canonical)) return false;
    this.#canonical = canonical;
    this.#node = node;
    return true;
  }

  #split(bytes: Uint8Array): ReturnType<typeof split> {
    const parts = attempt(() => split(bytes));
    // Before it is decoded: each two of its bytes may become an object.
    if (parts.kept.length > this.#maxBytes) {
      throw new ProtocolError("resource_exhausted", `a node may have at most ${this.#maxBytes} bytes`, {
        limit: "maxNodeBytes",
      });
    }
    return parts;
  }

  #decode(bytes: Uint8Array): Node {
    return attempt(() => fromBinary(this.#schema, bytes, { readUnknownFields: false }) as unknown as Node);
  }
}

function attempt<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw new ProtocolError("invalid_argument", "the node cannot be decoded", { cause });
  }
}

/** The bytes of a node, in two parts: what is before and after the fields that say how the client was built. */
interface SeenNode {
  readonly length: number;
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
}

/** `Node.user_agent_name` to `Node.extensions`: nearly all that a real Envoy sends, and fixed when it was built. */
const BUILD = { first: 6, last: 9 };
/** `Node.extensions`: milliseconds of decoding. */
const EXTENSIONS = 9;

/** Takes the bytes apart: all but the list of extensions, and what to recognise the node by. */
function split(bytes: Uint8Array): { kept: Uint8Array; seen: SeenNode } {
  const reader = new BinaryReader(bytes);
  const kept = new BinaryWriter();
  let from = bytes.length;
  let to = bytes.length;
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [number, wireType] = reader.tag();
    reader.skip(wireType, number);
    if (number !== EXTENSIONS || wireType !== WireType.LengthDelimited) kept.raw(bytes.subarray(start, reader.pos));
    if (number < BUILD.first || number > BUILD.last) continue;
    // Where other fields stand between them, these count as fixed too: encoders write fields in order.
    from = Math.min(from, start);
    to = reader.pos;
  }
  // Copies, for the node is a part of the request's buffer.
  const seen = { length: bytes.length, head: bytes.slice(0, from), tail: bytes.slice(to) };
  return { kept: kept.finish(), seen };
}

function looksTheSame({ length, head, tail }: SeenNode, bytes: Uint8Array): boolean {
  return bytes.length === length && equal(head, bytes.subarray(0, head.length)) &&
    equal(tail, bytes.subarray(length - tail.length));
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
