import type { DescField, DescOneof } from "@bufbuild/protobuf";
import type { DescMessage } from "../protobuf-types.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { type Fields, fieldWriter, type WriteMessage, type WriteValue } from "./field-writers.ts";
import { UNSUPPORTED } from "./unsupported.ts";

/**
 * The writer of a message type, made once of its descriptor. It takes a message, or an object with fields to make one of,
 * and gives the bytes that the library gives, with the keys of maps in their canonical order.
 */
export function messageWriter(schema: DescMessage): WriteMessage {
  let write = writers.get(schema);
  if (write === undefined) writers.set(schema, write = compile(schema));
  return write;
}

const writers = new WeakMap<DescMessage, WriteMessage>();

/** `FieldPresence` of descriptors. */
const PRESENCE = { implicit: 2, required: 3 };

/** A property of a message: a field, or a oneof as far as its fields follow one another. */
interface Property {
  readonly name: string;
  readonly write: WriteValue;
  /** Messages always have it. Those that do not are left to the library. */
  readonly always: boolean;
  /** It must be set. */
  readonly required: boolean;
  /** Only a property of the message itself counts, since its prototype has the default. */
  readonly own: boolean;
}

function compile(schema: DescMessage): WriteMessage {
  const { typeName } = schema;
  const properties = propertiesOf(schema);
  return (writer, source, inMessage) => {
    const isMessage = source.$typeName === typeName;
    // The fields of a message are not made into messages.
    if (inMessage && !isMessage) throw UNSUPPORTED;
    if (isMessage && source.$unknown !== undefined) writeUnknown(writer, source.$unknown);
    for (let i = 0; i < properties.length; i++) {
      const property = properties[i]!;
      const value = source[property.name];
      if (value === undefined || value === null) {
        if (property.required || isMessage && (property.always || value === null)) throw UNSUPPORTED;
      } else if (isMessage && property.own && !Object.hasOwn(source, property.name)) {
        if (property.required) throw UNSUPPORTED;
      } else property.write(writer, value, isMessage);
    }
  };
}

/** The properties from the last on the wire to the first. */
function propertiesOf({ fields }: DescMessage): readonly Property[] {
  const sorted = fields.toSorted((a, b) => b.number - a.number);
  const properties: Property[] = [];
  for (let i = 0; i < sorted.length; i++) {
    const field = sorted[i]!;
    if (field.oneof === undefined) {
      properties.push(propertyOf(field));
      continue;
    }
    const run: DescField[] = [field];
    while (sorted[i + 1]?.oneof === field.oneof) run.push(sorted[++i]!);
    properties.push(oneofProperty(field.oneof, run));
  }
  return properties;
}

function propertyOf(field: DescField): Property {
  const hasPresence = field.presence !== PRESENCE.implicit;
  return {
    name: field.localName,
    write: fieldWriter(field, messageWriter),
    always: !hasPresence,
    required: field.presence === PRESENCE.required,
    own: hasPresence,
  };
}

function oneofProperty(oneof: DescOneof, fields: readonly DescField[]): Property {
  const members = new Map<unknown, WriteValue>(
    fields.map((field) => [field.localName, fieldWriter(field, messageWriter)]),
  );
  return {
    name: oneof.localName,
    always: true,
    required: false,
    own: false,
    write: (writer, chosen, inMessage) => {
      const { case: name, value } = chosen as { readonly case?: unknown; readonly value?: unknown };
      if (name === undefined) return;
      members.get(name)?.(writer, value, inMessage);
    },
  };
}

/** Fields that the descriptor does not have, among them extensions; they come after the others. */
function writeUnknown(writer: ByteWriter, unknown: unknown): void {
  if (!Array.isArray(unknown)) throw UNSUPPORTED;
  for (let i = unknown.length - 1; i >= 0; i--) {
    const { no, wireType, data } = unknown[i] as Fields;
    if (typeof no !== "number" || typeof wireType !== "number" || !(data instanceof Uint8Array)) throw UNSUPPORTED;
    writer.raw(data);
    writer.uint32((no << 3 | wireType) >>> 0);
  }
}
