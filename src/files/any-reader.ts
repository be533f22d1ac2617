import { create } from "@bufbuild/protobuf";
import { reflect, type ReflectMessage } from "@bufbuild/protobuf/reflect";
import { AnySchema } from "@bufbuild/protobuf/wkt";
import { type DescMessage, encode, TYPE_URL_PREFIX } from "../resource/mod.ts";
import { isExpanded, isNull, kindOf, type MapNode, type Node, stringOf, valueAt } from "./node.ts";
import type { Wrong } from "./read-scalar.ts";
import { hasOwnForm } from "./read-well-known.ts";
import type { Types } from "./types.ts";

/** What it takes to read a message of any type: the reader of messages. */
export interface AnyContext {
  readonly types: Types;
  readonly isSecret: boolean;
  message(desc: DescMessage, node: Node): ReflectMessage | undefined;
  fields(desc: DescMessage, node: MapNode, but?: string): ReflectMessage;
  within(step: string | number, read: () => void): void;
  wrong(at: number, problem: Wrong): undefined;
}

/** A message that says its type itself. */
export interface Typed {
  /** As it was written, such as `type.googleapis.com/envoy.config.cluster.v3.Cluster`. */
  readonly typeUrl: string;
  readonly desc: DescMessage;
  readonly message: ReflectMessage;
}

/** Reads an `Any`: an object with `@type`, and the fields of that type beside it. */
export function readAny(reader: AnyContext, node: Node): ReflectMessage | undefined {
  if (node.kind === "map" && node.entries.length === 0) return reflect(AnySchema, create(AnySchema), false);
  if (isEncoded(node)) return reader.fields(AnySchema, node);
  const typed = readTyped(reader, node);
  if (typed === undefined) return undefined;
  const value = encode(typed.desc, typed.message.message);
  return reflect(AnySchema, create(AnySchema, { typeUrl: typed.typeUrl, value }), false);
}

/** Reads an object with `@type` as the message of that type. */
export function readTyped(reader: AnyContext, node: Node): Typed | undefined {
  const typeUrl = typeUrlOf(reader, node);
  if (typeUrl === undefined) return undefined;
  return readAs(reader, { typeUrl, desc: reader.types.get(typeName(typeUrl)) }, node as MapNode);
}

/** The full name of the type of a URL: what is after its last slash. */
export function typeName(typeUrl: string): string {
  return typeUrl.slice(typeUrl.lastIndexOf("/") + 1);
}

interface Type {
  readonly typeUrl: string;
  readonly desc: DescMessage | undefined;
}

function readAs(reader: AnyContext, { typeUrl, desc }: Type, node: MapNode): Typed | undefined {
  if (desc === undefined) return unknownType(reader, node, typeUrl);
  const message = isWithValue(desc) ? readValue(reader, desc, node) : reader.fields(desc, node, "@type");
  return message && { typeUrl, desc, message };
}

function readValue(reader: AnyContext, desc: DescMessage, node: MapNode): ReflectMessage | undefined {
  const value = valueAt(node, "value");
  if (value === undefined) return reader.wrong(node.at, { message: `Expected the ${desc.typeName} under "value"` });
  let message: ReflectMessage | undefined;
  reader.within("value", () => message = reader.message(desc, value));
  return message;
}

function typeUrlOf(reader: AnyContext, node: Node): string | undefined {
  if (node.kind !== "map") {
    return reader.wrong(node.at, { message: `Expected an object with "@type", not ${kindOf(node)}` });
  }
  const type = valueAt(node, "@type");
  if (type === undefined || isNull(type)) {
    const hint = `add it, as in "@type": "${TYPE_URL_PREFIX}envoy.config.cluster.v3.Cluster"`;
    return reader.wrong(node.at, { message: 'Expected "@type", since the object may be of any type', hint });
  }
  const typeUrl = stringOf(type);
  if (typeUrl === undefined) {
    return reader.wrong(type.at, { message: `Expected "@type" to be a string, not ${kindOf(type)}` });
  }
  if (typeUrl.includes("/")) return typeUrl;
  const hint = PRESENTABLE.test(typeUrl) && !isExpanded(type) ? { hint: `write "${TYPE_URL_PREFIX}${typeUrl}"` } : {};
  return reader.wrong(type.at, { message: '"@type" has no slash', ...hint });
}

function unknownType(reader: AnyContext, node: MapNode, typeUrl: string): undefined {
  const name = typeName(typeUrl);
  const type = valueAt(node, "@type")!;
  const { at } = type;
  if (reader.isSecret || isExpanded(type) || !PRESENTABLE.test(name)) {
    return reader.wrong(at, { message: "Unknown type" });
  }
  reader.wrong(at, { message: `Unknown type "${name}"`, hint: reader.types.hintFor(name) });
}

/** Whether it is an `Any` with its message encoded, as `toJson` writes one of a type that it does not know. */
function isEncoded(node: Node): node is MapNode {
  return valueAt(node, "@type") === undefined && valueAt(node, "type_url", "typeUrl") !== undefined;
}

/** Whether an `Any` has the message under `value`. */
function isWithValue(desc: DescMessage): boolean {
  return desc.typeName === "google.protobuf.Any" || hasOwnForm(desc);
}

/** What may be quoted: what is written like the name of a type. */
const PRESENTABLE = /^[A-Za-z][\w.]{0,199}$/;
