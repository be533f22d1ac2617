import { fromBinary } from "@bufbuild/protobuf";
import type { Any } from "@bufbuild/protobuf/wkt";
import { PACKAGES } from "../../gen/packages.ts";
import type { DescMessage, Message } from "../resource/mod.ts";

/** A message, and the descriptor of its type. */
export interface Unpacked {
  /** The descriptor. */
  readonly schema: DescMessage;
  /** The message. */
  readonly message: Message;
}

/** Finds the descriptor of a generated message type, by a full name such as `envoy.config.cluster.v3.Cluster`. */
export function knownType(typeName: string): DescMessage | undefined {
  return KNOWN.get(typeName);
}

/** All of them. */
export function knownTypes(): Iterable<DescMessage> {
  return KNOWN.values();
}

/** The full name of the type of a URL: the part after its last slash. */
export function typeNameOf(typeUrl: string): string {
  return typeUrl.slice(typeUrl.lastIndexOf("/") + 1);
}

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
  const schema = KNOWN.get(typeNameOf(typeUrl));
  return schema && { schema, message: fromBinary(schema, value) };
}

/** Packages with no message that is found in a resource. */
const NOT_CONFIGURATION = /^envoy\.(admin|data|service)\./;
const RUNTIME = "envoy.service.runtime.v3";

// The generated modules are loaded with this one, since what is validated must be read without waiting.
const KNOWN: ReadonlyMap<string, DescMessage> = await loadTypes();

async function loadTypes(): Promise<Map<string, DescMessage>> {
  const names = Object.keys(PACKAGES).filter((name) => !NOT_CONFIGURATION.test(name) || name === RUNTIME);
  const modules = await Promise.all([
    import("@bufbuild/protobuf/wkt"),
    ...names.flatMap((name) => PACKAGES[name]!()),
  ]);
  const types = new Map<string, DescMessage>();
  for (const module of modules) for (const value of Object.values(module)) addType(types, value);
  return types;
}

function addType(types: Map<string, DescMessage>, value: unknown): void {
  if (typeof value !== "object" || value === null || (value as { kind?: unknown }).kind !== "message") return;
  const message = value as DescMessage;
  types.set(message.typeName, message);
}
