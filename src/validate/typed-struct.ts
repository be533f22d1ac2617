import { fromJson, type JsonObject, type Registry } from "@bufbuild/protobuf";
import type { Any } from "@bufbuild/protobuf/wkt";
import type { Message } from "../resource/mod.ts";
import { envoyTypes } from "../v3/known-types.ts";
import { relaxedJson } from "./relaxed-json.ts";
import { knownType, typeNameOf, unpack, type Unpacked, WRAPPERS } from "./known-types.ts";

/** A `TypedStruct`: a message of another type, as JSON. */
export interface TypedStruct extends Message {
  readonly typeUrl: string;
  readonly value?: JsonObject;
}

/** What is in a `TypedStruct`. */
export interface StructContent {
  /** The message; undefined if the JSON is not one of its type, or if a type is not known. */
  readonly unpacked: Unpacked | undefined;
  /** Why Envoy skips a part of it in what it receives from a server, and refuses it in what it has of its own. */
  readonly skipped?: string | undefined;
  /** Why it is not JSON of its type. */
  readonly error?: string | undefined;
}

/** The message of another type in a message, read once as long as that is referenced; undefined for one of its own type. */
export function structContent(message: Message): StructContent | undefined {
  if (!WRAPPERS.has(message.$typeName)) return undefined;
  let content = known.get(message);
  if (content === undefined) known.set(message, content = read(message as TypedStruct));
  return content;
}

/** The name of the type of what an `Any` holds, which is that of what is wrapped if it holds a `TypedStruct`. */
export function typeNameIn(any: Any): string {
  const outer = typeNameOf(any.typeUrl);
  if (!WRAPPERS.has(outer)) return outer;
  try {
    return typeNameOf((unpack(any)!.message as TypedStruct).typeUrl);
  } catch {
    // The rules of the API say so.
    return outer;
  }
}

const known = new WeakMap<Message, StructContent>();

function read({ typeUrl, value = {} }: TypedStruct): StructContent {
  const schema = knownType(typeNameOf(typeUrl));
  if (schema === undefined) return { unpacked: undefined };
  const json = relaxedJson(schema, value);
  const parse = (ignoreUnknownFields: boolean): Unpacked => ({
    schema,
    message: fromJson(schema, json, { registry: REGISTRY, ignoreUnknownFields }),
  });
  try {
    return { unpacked: parse(false) };
  } catch (strict) {
    try {
      return { unpacked: parse(true), skipped: reasonOf(strict) };
    } catch (error) {
      return { unpacked: undefined, error: reasonOf(error) };
    }
  }
}

/** `fromJson` looks types up, and nothing else that is in a registry. */
const REGISTRY = envoyTypes as Registry;

/**
 * What `fromJson` says, without the value, which may be a key. Undefined where a type is not known, which may be one of an
 * extension.
 */
function reasonOf(error: unknown): string | undefined {
  const text = String(error);
  if (text.endsWith("is not in the type registry")) return undefined;
  const [, what = "it", unknown] = /cannot decode (?:\w+ )?(\S+) from JSON(: key ".*" is unknown$)?/s.exec(text) ?? [];
  return unknown === undefined ? `${what} cannot be read` : `${what} has no field of a name that is there`;
}
