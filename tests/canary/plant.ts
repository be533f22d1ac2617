import { create, type DescField, type DescMessage, type Message, toBinary } from "@bufbuild/protobuf";
import { reflect, type ReflectMessage } from "@bufbuild/protobuf/reflect";
import { type Any, AnySchema, StringValueSchema } from "@bufbuild/protobuf/wkt";
import { DataSourceSchema } from "../../gen/envoy/config/core/v3/base_pb.ts";

/** How a key is given: as text, or as bytes where the field takes either. */
export type Form = "text" | "bytes";

/** A message with a key in one of its fields, and its name in a field `name` if it has one. */
export function planted(field: DescField, key: string, form: Form = "text"): Message {
  const message = reflect(field.parent);
  setName(message);
  switch (field.fieldKind) {
    case "list":
      message.get(field).add(valueOf(field.message, key, form));
      break;
    case "map":
      message.get(field).set("entry", valueOf(field.message, key, form));
      break;
    default:
      message.set(field, valueOf(field.message, key, form));
  }
  return message.message;
}

/** A value with a key: in each text of a message. */
function valueOf(schema: DescMessage | undefined, key: string, form: Form): ReflectMessage | string {
  if (schema === undefined) return key;
  if (schema.typeName === DataSourceSchema.typeName) {
    const value = form === "text"
      ? { case: "inlineString", value: key } as const
      : { case: "inlineBytes", value: new TextEncoder().encode(key) } as const;
    return reflect(DataSourceSchema, create(DataSourceSchema, { specifier: value }));
  }
  if (schema.typeName === AnySchema.typeName) return reflect(AnySchema, packed(key));
  const message = reflect(schema);
  for (const field of schema.fields) if (field.fieldKind === "scalar") message.set(field, key);
  return message;
}

function packed(key: string): Any {
  const value = toBinary(StringValueSchema, create(StringValueSchema, { value: key }));
  return create(AnySchema, { typeUrl: `type.googleapis.com/${StringValueSchema.typeName}`, value });
}

function setName(message: ReflectMessage): void {
  const name = message.desc.fields.find((field) => field.name === "name");
  if (name?.fieldKind === "scalar") message.set(name, "planted");
}
