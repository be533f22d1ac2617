import { type DescEnum, type DescField, type JsonObject, type JsonValue, ScalarType } from "@bufbuild/protobuf";
import type { DescMessage } from "../resource/mod.ts";
import { knownType, typeNameOf } from "./known-types.ts";

/**
 * JSON of a message as protobuf's own library for C++ takes it, in the form that `fromJson` takes: it has names of enum
 * values in any case, `"true"` for `true`, and one item in place of a list.
 */
export function relaxedJson({ fields }: DescMessage, json: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => {
      const field = fields.find(({ name, jsonName }) => name === key || jsonName === key);
      return [key, field === undefined ? value : relaxedField(field, value)];
    }),
  );
}

function relaxedField(field: DescField, value: JsonValue): JsonValue {
  if (value === null) return value;
  switch (field.fieldKind) {
    case "list":
      return (Array.isArray(value) ? value : [value]).map((each) => relaxedValue(field, each));
    case "map":
      if (!isObject(value)) return value;
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, relaxedValue(field, each)]));
    default:
      return relaxedValue(field, value);
  }
}

function relaxedValue({ message, enum: values, scalar }: DescField, value: JsonValue): JsonValue {
  if (message !== undefined) return isObject(value) ? relaxedMessage(message, value) : value;
  if (typeof value !== "string") return value;
  if (values !== undefined) return nameIn(values, value);
  return scalar === ScalarType.BOOL && (value === "true" || value === "false") ? value === "true" : value;
}

function relaxedMessage(schema: DescMessage, json: JsonObject): JsonObject {
  if (schema.typeName === "google.protobuf.Struct") return json;
  if (schema.typeName !== "google.protobuf.Any") return relaxedJson(schema, json);
  const typeUrl = json["@type"];
  const content = typeof typeUrl === "string" ? knownType(typeNameOf(typeUrl)) : undefined;
  return content === undefined ? json : relaxedJson(content, json);
}

function nameIn({ values }: DescEnum, text: string): string {
  const same = ({ name }: { readonly name: string }) => name.toLowerCase() === text.toLowerCase();
  return values.some(({ name }) => name === text) ? text : values.find(same)?.name ?? text;
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
