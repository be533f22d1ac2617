import { type DescField, toBinary } from "@bufbuild/protobuf";
import type { DescMessage, Message } from "../protobuf-types.ts";

/**
 * Encodes a message by the library, for what the writers of this folder do not know. The library writes the entries of
 * maps in the order of their insertion: they are sorted in a copy, and the given message is not changed.
 *
 * @throws Error for a value that cannot be encoded
 */
export function libraryBytes(schema: DescMessage, message: Message): Uint8Array {
  return toBinary(schema, canonical(schema, message));
}

const STRUCT = "google.protobuf.Struct";
const VALUE = "google.protobuf.Value";

type Fields = Record<string, unknown>;
type Replace = (value: unknown) => unknown;

const compiled = new WeakMap<DescMessage, readonly (readonly [DescField, Replace])[]>();

function canonical(schema: DescMessage, message: Message): Message {
  const source = message as unknown as Fields;
  let copy: Fields | undefined;
  for (const [field, replace] of replacersOf(schema)) {
    // A member of a oneof is kept as `{ case, value }` under the oneof's name.
    const holder = field.oneof ? source[field.oneof.localName] as { case?: string; value?: unknown } : undefined;
    if (field.oneof && holder?.case !== field.localName) continue;
    const value = holder ? holder.value : source[field.localName];
    if (value === undefined || value === null) continue;
    const replaced = replace(value);
    if (replaced === value) continue;
    copy ??= Object.assign(Object.create(Object.getPrototypeOf(source)), source) as Fields;
    if (field.oneof) copy[field.oneof.localName] = { case: field.localName, value: replaced };
    else copy[field.localName] = replaced;
  }
  return (copy as unknown as Message | undefined) ?? message;
}

/** The fields of a message that can have a map in them, at any depth; scalars and enums are skipped. */
function replacersOf(schema: DescMessage): readonly (readonly [DescField, Replace])[] {
  let replacers = compiled.get(schema);
  if (replacers === undefined) {
    replacers = schema.fields.flatMap((field) => {
      const replace = replacerOf(field);
      return replace ? [[field, replace] as const] : [];
    });
    compiled.set(schema, replacers);
  }
  return replacers;
}

function replacerOf(field: DescField): Replace | undefined {
  const schema = field.message;
  // google.protobuf.Struct is a plain JSON object, except in a google.protobuf.Value.
  const isJson = schema?.typeName === STRUCT && field.parent.typeName !== VALUE;
  const inner: Replace | undefined = isJson ? sortedJson : schema && ((value) => {
    return isObject(value) ? canonical(schema, value as unknown as Message) : value;
  });
  switch (field.fieldKind) {
    case "map":
      return (value) => isObject(value) ? sortedMap(value, inner) : value;
    case "list":
      return inner && ((value) => Array.isArray(value) ? mapChanged(value, inner) : value);
    case "message":
      return inner;
    default:
      return undefined;
  }
}

function sortedMap(map: Fields, inner: Replace | undefined): Fields {
  const keys = Object.keys(map);
  const sorted = keys.toSorted();
  let changed = false;
  const copy: Fields = Object.create(null);
  sorted.forEach((key, i) => {
    const value = map[key];
    const replaced = inner ? inner(value) : value;
    changed ||= keys[i] !== key || replaced !== value;
    copy[key] = replaced;
  });
  return changed ? copy : map;
}

function sortedJson(value: unknown): unknown {
  if (Array.isArray(value)) return mapChanged(value, sortedJson);
  return isObject(value) ? sortedMap(value, sortedJson) : value;
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

function mapChanged(list: unknown[], replace: Replace): unknown[] {
  let copy: unknown[] | undefined;
  list.forEach((value, i) => {
    const replaced = replace(value);
    if (replaced !== value) (copy ??= list.slice())[i] = replaced;
  });
  return copy ?? list;
}
