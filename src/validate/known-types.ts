import type { Any } from "@bufbuild/protobuf/wkt";
import type { DescMessage, Message } from "../resource/mod.ts";
import { knownType as typeOfApi, knownTypeNames as typeNamesOfApi } from "../v3/known-types.ts";
import { decodeSparse } from "./sparse/decode.ts";

export { shareDescriptors } from "../v3/known-types.ts";

/** A message, and the descriptor of its type. */
export interface Unpacked {
  /** The descriptor. */
  readonly schema: DescMessage;
  /** The message. */
  readonly message: Message;
}

/**
 * Finds the descriptor of a message type that configuration may have, by a full name such as
 * `envoy.config.cluster.v3.Cluster`.
 */
export function knownType(typeName: string): DescMessage | undefined {
  return isConfiguration(typeName) ? typeOfApi(typeName) : undefined;
}

/** The names of all of them that are not declared within others. */
export function* knownTypeNames(): Iterable<string> {
  for (const name of typeNamesOfApi()) if (isConfiguration(name)) yield name;
}

/** All of them. It makes the descriptors of the whole API, which takes a second. */
export function* knownTypes(): Iterable<DescMessage> {
  for (const name of knownTypeNames()) yield* withNested(knownType(name)!);
}

/** The full name of the type of a URL: the part after its last slash. */
export function typeNameOf(typeUrl: string): string {
  return typeUrl.slice(typeUrl.lastIndexOf("/") + 1);
}

/** Messages that hold one of another type as JSON. */
export const WRAPPERS: ReadonlySet<string> = new Set(["xds.type.v3.TypedStruct", "udpa.type.v1.TypedStruct"]);

/**
 * The message in an `Any`, decoded once for all that read it while the `Any` is referenced. A short one is decoded once
 * for all of the same content, as clusters by the thousand have the same options. It must not be changed.
 *
 * @returns undefined for a type that is not generated
 * @throws Error for bytes that are not of that type
 */
export function unpack(any: Any): Unpacked | undefined {
  if (any.value.length <= MAX_SHORT) return unpackShort(any);
  let unpacked = opened.get(any);
  if (unpacked === undefined) {
    unpacked = decode(any);
    if (unpacked) opened.set(any, unpacked);
  }
  return unpacked;
}

const opened = new WeakMap<Any, Unpacked>();

/** By content. */
const short = new Map<string, Unpacked | undefined>();
/** In bytes. */
const MAX_SHORT = 64;
/** In messages. */
const MAX_KNOWN = 1_000;

function unpackShort(any: Any): Unpacked | undefined {
  // The length first, so that no two contents have the same key.
  const key = `${any.value.length} ${String.fromCharCode(...any.value)}${any.typeUrl}`;
  let unpacked = short.get(key);
  if (unpacked === undefined) {
    unpacked = decode(any);
    if (short.size >= MAX_KNOWN) short.clear();
    short.set(key, unpacked);
  }
  return unpacked;
}

function decode({ typeUrl, value }: Any): Unpacked | undefined {
  const schema = knownType(typeNameOf(typeUrl));
  return schema && { schema, message: decodeSparse(schema, value) };
}

function isConfiguration(typeName: string): boolean {
  return !NOT_CONFIGURATION.test(typeName) || typeName.startsWith(RUNTIME);
}

/** Packages with no message that is found in a resource. */
const NOT_CONFIGURATION = /^envoy\.(admin|data|service)\./;
const RUNTIME = "envoy.service.runtime.v3.";

function* withNested(schema: DescMessage): Iterable<DescMessage> {
  yield schema;
  for (const each of schema.nestedMessages) yield* withNested(each);
}
