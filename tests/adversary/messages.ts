import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { CLUSTER_TYPE } from "../../src/v3/mod.ts";
import { frame } from "../server/raw-client.ts";

const BYTES = WireType.LengthDelimited;

/** The fields of a `DiscoveryRequest` that attacks use. */
export interface SotwFields {
  /** Default: clusters. */
  readonly type?: string;
  /** Default: none. */
  readonly node?: string | Uint8Array;
  readonly version?: string;
  readonly names?: readonly string[];
  readonly nonce?: string;
  /** The message of a NACK. */
  readonly error?: string;
}

/** An encoded `DiscoveryRequest`, framed as gRPC does. */
export function sotw({ type = CLUSTER_TYPE, node, version, names = [], nonce, error }: SotwFields): Uint8Array {
  const writer = new BinaryWriter();
  if (version !== undefined) writer.tag(1, BYTES).string(version);
  writeNode(writer, 2, node);
  for (const name of names) writer.tag(3, BYTES).string(name);
  writer.tag(4, BYTES).string(type);
  if (nonce !== undefined) writer.tag(5, BYTES).string(nonce);
  writeError(writer, 6, error);
  return frame(writer.finish());
}

/** The fields of a `DeltaDiscoveryRequest` that attacks use. */
export interface DeltaFields extends Pick<SotwFields, "type" | "node" | "nonce" | "error"> {
  readonly subscribe?: readonly string[];
  readonly unsubscribe?: readonly string[];
  /** Names of `initial_resource_versions`. */
  readonly initial?: readonly string[];
}

/** An encoded `DeltaDiscoveryRequest`, framed as gRPC does. */
export function delta(fields: DeltaFields): Uint8Array {
  const { type = CLUSTER_TYPE, node, subscribe = [], unsubscribe = [], initial = [], nonce, error } = fields;
  const writer = new BinaryWriter();
  writeNode(writer, 1, node);
  writer.tag(2, BYTES).string(type);
  for (const name of subscribe) writer.tag(3, BYTES).string(name);
  for (const name of unsubscribe) writer.tag(4, BYTES).string(name);
  for (const name of initial) writer.tag(5, BYTES).fork().tag(1, BYTES).string(name).tag(2, BYTES).string("1").join();
  if (nonce !== undefined) writer.tag(6, BYTES).string(nonce);
  writeError(writer, 7, error);
  return frame(writer.finish());
}

/** An encoded `Node`: with an id, and other bytes behind it. */
export function nodeOf(id: string, rest: Uint8Array = new Uint8Array()): Uint8Array {
  const head = new BinaryWriter().tag(1, BYTES).string(id).finish();
  return Buffer.concat([head, rest]);
}

/** Ways to fill a node with so many bytes. */
export const NODE_FILLERS = {
  "unknown varints": (size: number) => Buffer.alloc(size & ~1, Uint8Array.of(120, 1)),
  "an empty locality, again and again": (size: number) => Buffer.alloc(size & ~1, Uint8Array.of(34, 0)),
  "metadata fields": (size: number) => {
    const entries = Array.from({ length: size / 16 | 0 }, (_, i) =>
      field(
        1,
        Buffer.concat([
          field(1, Buffer.from(i.toString(36).padStart(5, "0"))),
          field(2, Buffer.from([8, 0])),
        ]),
      ));
    return field(3, Buffer.concat(entries));
  },
  "client features": (size: number) => Buffer.alloc(size - size % 3, field(10, Buffer.from("a"))),
  "listening addresses": (size: number) => Buffer.alloc(size & ~1, Uint8Array.of(74, 0)),
} as const;

/** A field of bytes. */
export function field(number: number, bytes: Uint8Array): Uint8Array {
  return new BinaryWriter().tag(number, BYTES).bytes(bytes).finish();
}

/** Names of a length that differ at their end. */
export function namesOf(count: number, { length = 6, prefix = "" } = {}): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${i.toString(36)}`.padStart(length, "-"));
}

/** The same bytes as text, cut into single ones. */
export function bytesOf(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (_, i) => bytes.subarray(i, i + 1));
}

function writeNode(writer: BinaryWriter, number: number, node: string | Uint8Array | undefined): void {
  if (node === undefined) return;
  writer.tag(number, BYTES).bytes(typeof node === "string" ? nodeOf(node) : node);
}

function writeError(writer: BinaryWriter, number: number, error: string | undefined): void {
  if (error === undefined) return;
  writer.tag(number, BYTES).fork().tag(1, WireType.Varint).int32(3).tag(2, BYTES).string(error).join();
}
