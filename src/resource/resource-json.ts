import { fromBinary } from "@bufbuild/protobuf";
import { type JsonObject, jsonOf, typedJson } from "./json-of.ts";
import type { DescMessage, Message, MessageTypes } from "./protobuf-types.ts";

/** Knows no type. */
export const NO_TYPES: MessageTypes = { getMessage: () => undefined };

/**
 * Lets consoles show what is in the `Any`s of resources, from now on. A module that knows all types calls it when it is
 * loaded, so that a program without it need not pay for it.
 */
export function showTypes(types: MessageTypes): void {
  shown = types;
}

let shown = NO_TYPES;

/** A resource, of which the name is said in errors. */
interface Encoded {
  readonly typeUrl: string;
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A resource as JSON, with everything in it. */
export function resourceJson(resource: Encoded, schema: DescMessage | undefined, types: MessageTypes): JsonObject {
  const { typeUrl, name } = resource;
  const desc = schema ?? types.getMessage(typeUrl.slice(typeUrl.lastIndexOf("/") + 1));
  if (desc === undefined) {
    throw new TypeError(`Cannot write "${name}" as JSON: toJson needs types that have ${typeUrl}`);
  }
  return typedJson(typeUrl, jsonOf(desc, decoded(resource, desc), { types, isForPeople: false }));
}

/**
 * The fields of a resource for people: as JSON, without what is sensitive, and cut where it is long.
 *
 * @returns a text after a space; empty if they cannot be shown
 */
export function resourceText(resource: Encoded, schema: DescMessage | undefined): string {
  if (schema === undefined) return "";
  try {
    const json = jsonOf(schema, decoded(resource, schema), { types: shown, isForPeople: true });
    const lines = JSON.stringify(json, null, 2).split("\n");
    const more = lines.length - MAX_LINES;
    return ` ${[...lines.slice(0, MAX_LINES), ...more > 0 ? [`… ${more} more lines`] : []].join("\n")}`;
  } catch {
    return "";
  }
}

/** Of what is shown of a resource. */
const MAX_LINES = 100;

function decoded({ name, bytes }: Encoded, schema: DescMessage): Message {
  try {
    return fromBinary(schema, bytes);
  } catch {
    throw new TypeError(`Cannot write "${name}" as JSON: its bytes are not those of ${schema.typeName}`);
  }
}
