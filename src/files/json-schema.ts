import { type DescEnum, type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { isWrapperDesc } from "@bufbuild/protobuf/wkt";
import { TYPE_URL_PREFIX } from "../resource/mod.ts";
import { knownType, knownTypeNames } from "../v3/known-types.ts";
import type { Comments } from "./comments.ts";
import { hasOwnForm } from "./read-well-known.ts";

/** A schema of JSON Schema, draft 7. */
export type JsonSchema = { readonly [key: string]: unknown } | boolean;

/** Options of {@link jsonSchema}. */
export interface JsonSchemaOptions {
  /**
   * What editors show of messages, fields and values: see `apiComments`. With it the schema has twice the size. A field has
   * it by its name in `snake_case`. Default: nothing.
   */
  readonly comments?: Comments;
}

/**
 * Makes a JSON Schema of what may stand in a file, with which editors complete and check Envoy's YAML. It is made of the
 * descriptors, takes a second, and has some megabytes.
 *
 * It knows each field by either spelling, and selects the fields of an `Any` by its `@type`. It is stricter than Envoy
 * and `readDocument`: an enum has its names in capitals, and a list is one.
 *
 * @returns a schema of draft 7, which most editors read
 */
export function jsonSchema({ comments = {} }: JsonSchemaOptions = {}): { readonly [key: string]: unknown } {
  const definitions: Record<string, JsonSchema> = {};
  const anyTypes = [...knownTypeNames()].filter((name) => IN_ANY.test(name) || isWellKnown(name));
  const pending = [...anyTypes, BOOTSTRAP].map((name) => knownType(name)!);
  for (let desc = pending.pop(); desc !== undefined; desc = pending.pop()) {
    if (desc.typeName in definitions) continue;
    definitions[desc.typeName] = messageSchema(desc, { isInAny: anyTypes.includes(desc.typeName), comments });
    for (const { message } of desc.fields) if (message !== undefined) pending.push(message);
  }
  definitions[ANY] = anySchema(anyTypes);
  const list = { type: "array", items: ref(ANY) };
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Envoy's configuration, as files of a control plane",
    if: { type: "array" },
    then: list,
    else: when({ required: ["@type"] }, ref(ANY), {
      ...when({ anyOf: [{ required: ["resources"] }, { required: ["remove"] }] }, responseSchema(list), {
        ...when({ anyOf: [{ required: ["configs"] }, { required: ["xds"] }] }, true, ref(BOOTSTRAP)),
      }),
    }),
    definitions,
  };
}

const ANY = "google.protobuf.Any";
const BOOTSTRAP = "envoy.config.bootstrap.v3.Bootstrap";
/** Types that resources and extensions have. */
const IN_ANY = /^(envoy\.(config|extensions|type)|xds\.type|udpa\.type|envoy\.service\.runtime)\./;

function isWellKnown(name: string): boolean {
  return name.startsWith("google.protobuf.") && name !== ANY && hasOwnForm(knownType(name)!);
}

function ref(typeName: string): JsonSchema {
  return { $ref: `#/definitions/${typeName}` };
}

function when(condition: JsonSchema, then: JsonSchema, otherwise: JsonSchema): { readonly [key: string]: unknown } {
  return { if: condition, then, else: otherwise };
}

function anySchema(typeNames: readonly string[]): JsonSchema {
  const urls = typeNames.map((name) => TYPE_URL_PREFIX + name);
  const cases = typeNames.map((name) => ({
    if: { properties: { "@type": { const: TYPE_URL_PREFIX + name } } },
    then: isWellKnown(name) ? { required: ["value"], properties: { value: ref(name) } } : ref(name),
  }));
  return { type: "object", required: ["@type"], properties: { "@type": { enum: urls } }, allOf: cases };
}

function responseSchema(list: JsonSchema): JsonSchema {
  const removal = {
    type: "object",
    required: ["@type", "name"],
    properties: { "@type": { type: "string" }, name: { type: "string" } },
    additionalProperties: false,
  };
  const text = { type: "string" };
  return {
    type: "object",
    properties: {
      resources: list,
      remove: { type: "array", items: removal },
      version_info: text,
      type_url: text,
      nonce: text,
      canary: { type: "boolean" },
      control_plane: { type: "object" },
      resource_errors: { type: "array" },
    },
    patternProperties: { "^(versionInfo|typeUrl)$": text, "^(controlPlane|resourceErrors)$": true },
    additionalProperties: false,
  };
}

interface InSchema {
  readonly isInAny: boolean;
  readonly comments: Comments;
}

function messageSchema(desc: DescMessage, { isInAny, comments }: InSchema): JsonSchema {
  const form = ownForm(desc);
  if (form !== undefined) return form;
  const properties: Record<string, JsonSchema> = isInAny ? { "@type": { const: TYPE_URL_PREFIX + desc.typeName } } : {};
  // Patterns are checked, and not proposed, so that editors propose one spelling.
  const patternProperties: Record<string, JsonSchema> = {};
  const own = comments[desc.typeName] ?? {};
  for (const field of desc.fields) {
    const schema = fieldSchema(field, comments);
    properties[field.name] = { ...described(own[field.name]), ...schema as object };
    if (field.jsonName !== field.name) patternProperties[`^${field.jsonName}$`] = schema;
  }
  // Nothing stands for a field that is not set, as in YAML when all fields of a message are commented out.
  const members = { properties, patternProperties, additionalProperties: false };
  return { type: ["object", "null"], title: desc.typeName, ...described(own[""]), ...members };
}

function described(description: string | undefined): { readonly description?: string } {
  return description === undefined ? {} : { description };
}

function ownForm(desc: DescMessage): JsonSchema | undefined {
  switch (desc.typeName) {
    case "google.protobuf.Duration":
      return { type: "string", pattern: "^-?\\d{1,12}(\\.\\d{1,9})?s$|\\$\\{", title: 'seconds, such as "0.25s"' };
    case "google.protobuf.Timestamp":
      return { type: "string", title: 'a time, such as "2030-01-31T12:00:00Z"' };
    case "google.protobuf.FieldMask":
      return { type: "string" };
    case "google.protobuf.Struct":
      return { type: "object" };
    case "google.protobuf.ListValue":
      return { type: "array" };
    case "google.protobuf.Value":
      return true;
  }
  return isWrapperDesc(desc) ? scalarSchema(desc.fields[0]!.scalar!) : undefined;
}

function fieldSchema(field: DescField, comments: Comments): JsonSchema {
  switch (field.fieldKind) {
    case "list":
      return { type: ["array", "null"], items: valueSchema(field, comments) };
    case "map":
      return { type: ["object", "null"], additionalProperties: valueSchema(field, comments) };
    default:
      return valueSchema(field, comments);
  }
}

function valueSchema(field: DescField, comments: Comments): JsonSchema {
  if (field.message !== undefined) return ref(field.message.typeName);
  return field.enum === undefined ? scalarSchema(field.scalar!) : enumSchema(field.enum, comments[field.enum.typeName]);
}

function enumSchema({ values }: DescEnum, comments: Readonly<Record<string, string>> | undefined): JsonSchema {
  // Names may stand for the same number.
  const names = new Map<string | number, string>(values.flatMap(({ name, number }) => [[name, name], [number, name]]));
  const allowed = { enum: [...names.keys()] };
  // Editors know these, one for each value.
  const enumDescriptions = comments && [...names.values()].map((name) => comments[name] ?? "");
  return { anyOf: [enumDescriptions ? { ...allowed, enumDescriptions } : allowed, VARIABLE] };
}

/** A text with `${NAME}`, in place of what is no string. */
const VARIABLE = { type: "string", pattern: "\\$\\{" };

function scalarSchema(type: ScalarType): JsonSchema {
  switch (type) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return { type: "string" };
    case ScalarType.BOOL:
      return { anyOf: [{ type: "boolean" }, VARIABLE] };
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return { type: ["number", "string"] };
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return { type: ["integer", "string"], minimum: 0, maximum: 4_294_967_295 };
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return { type: ["integer", "string"], minimum: 0 };
    default:
      return { type: ["integer", "string"] };
  }
}
