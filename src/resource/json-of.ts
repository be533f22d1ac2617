import { type DescField, fromBinary, ScalarType, toJson } from "@bufbuild/protobuf";
import { reflect, type ReflectMessage } from "@bufbuild/protobuf/reflect";
import { base64Encode } from "@bufbuild/protobuf/wire";
import { type Any, isWrapperDesc } from "@bufbuild/protobuf/wkt";
import type { DescMessage, Message, MessageTypes } from "./protobuf-types.ts";
import { isSensitive } from "./sensitive.ts";

/** A value of JSON. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;

/** An object of JSON. */
export interface JsonObject {
  /** A value, by its key. */
  [key: string]: JsonValue;
}

/** How a message is written. */
export interface JsonOptions {
  /** Finds the types in `Any`s. One of another type is written as `type_url`, and its bytes in base64 as `value`. */
  readonly types: MessageTypes;
  /** Replaces what is sensitive by a remark, and bytes by their number, for people. */
  readonly isForPeople: boolean;
}

/**
 * Writes a message as protobuf's JSON has it, with the names of fields in the `.proto` files, as Envoy's documentation
 * and its dumps have them.
 */
export function jsonOf(schema: DescMessage, message: Message, options: JsonOptions): JsonValue {
  return new JsonWriter(options).message(reflect(schema, message, false));
}

/** What stands for a value that must not be shown. */
export const REDACTED = "[redacted]";

class JsonWriter {
  readonly #types: MessageTypes;
  readonly #isForPeople: boolean;

  constructor({ types, isForPeople }: JsonOptions) {
    this.#types = types;
    this.#isForPeople = isForPeople;
  }

  message(message: ReflectMessage): JsonValue {
    const { desc } = message;
    if (desc.typeName === "google.protobuf.Any") return this.#any(message.message as Any);
    if (hasOwnForm(desc)) return toJson(desc, message.message) as JsonValue;
    const object: JsonObject = {};
    for (const field of message.sortedFields) {
      if (message.isSet(field)) setOwn(object, field.name, this.#field(message, field));
    }
    return object;
  }

  #field(message: ReflectMessage, field: DescField): JsonValue {
    if (this.#isForPeople && isHidden(field)) return REDACTED;
    switch (field.fieldKind) {
      case "list":
        return [...message.get(field)].map((item) => this.#single(field, item));
      case "map": {
        const object: JsonObject = {};
        for (const [key, value] of message.get(field)) setOwn(object, String(key), this.#single(field, value));
        return object;
      }
      default:
        return this.#single(field, message.get(field));
    }
  }

  #single(field: DescField, value: unknown): JsonValue {
    if (field.message !== undefined) return this.message(value as ReflectMessage);
    if (field.enum !== undefined) return field.enum.value[value as number]?.name ?? value as number;
    if (value instanceof Uint8Array) return this.#bytes(value);
    switch (field.scalar) {
      case ScalarType.DOUBLE:
      case ScalarType.FLOAT:
        return Number.isFinite(value) ? value as number : String(value);
      default:
        return typeof value === "bigint" ? String(value) : value as string | number | boolean;
    }
  }

  #any({ typeUrl, value }: Any): JsonValue {
    if (typeUrl === "" && value.length === 0) return {};
    const desc = this.#types.getMessage(typeUrl.slice(typeUrl.lastIndexOf("/") + 1));
    const message = desc && decoded(desc, value);
    // The key differs, since a message may itself have a field "value".
    if (message === undefined) {
      return { [this.#isForPeople ? "@type" : "type_url"]: typeUrl, value: this.#bytes(value) };
    }
    if (!isOpaque(desc)) return typedJson(typeUrl, this.message(message));
    return { "@type": typeUrl, value: this.#isForPeople ? REDACTED : this.message(message) };
  }

  #bytes(bytes: Uint8Array): string {
    return this.#isForPeople ? `(${bytes.length} bytes)` : base64Encode(bytes);
  }
}

/** The JSON of a message with its type, which is beside its fields. */
export function typedJson(typeUrl: string, json: JsonValue): JsonObject {
  const isObject = typeof json === "object" && json !== null && !Array.isArray(json);
  return isObject ? { "@type": typeUrl, ...json } : { "@type": typeUrl, value: json };
}

/** Whether a field is not for people to see. Of a source of data its file may be seen; its text is marked itself. */
function isHidden(field: DescField): boolean {
  if (OPAQUE.has(field.parent.typeName)) return field.name === "value";
  return isSensitive(field) && field.message?.typeName !== "envoy.config.core.v3.DataSource";
}

/** Types whose content has no marks of what is sensitive in it. */
const OPAQUE = new Set(["xds.type.v3.TypedStruct", "udpa.type.v1.TypedStruct"]);

/** Whether JSON has a form of its own for the type, so that an `Any` has it under `value`. */
function isOpaque(desc: DescMessage | undefined): boolean {
  return desc !== undefined && (hasOwnForm(desc) || desc.typeName === "google.protobuf.Any");
}

function hasOwnForm(desc: DescMessage): boolean {
  return desc.typeName.startsWith("google.protobuf.") && (FORMS.has(desc.typeName.slice(16)) || isWrapperDesc(desc));
}

const FORMS = new Set(["Duration", "Timestamp", "FieldMask", "Struct", "ListValue", "Value"]);

function decoded(desc: DescMessage, bytes: Uint8Array): ReflectMessage | undefined {
  try {
    return reflect(desc, fromBinary(desc, bytes), false);
  } catch {
    return undefined;
  }
}

/** Sets a property whatever its name is, `__proto__` too. */
function setOwn(object: JsonObject, key: string, value: JsonValue): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}
