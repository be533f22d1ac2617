import { type DescField, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type Any, AnySchema } from "@bufbuild/protobuf/wkt";
import type { DescMessage, Message } from "../../../resource/mod.ts";
import { knownType, typeNameOf } from "../../../validate/known-types.ts";

/** A change of all messages of one type, in place. */
export interface Edit {
  /** The full name of the type. */
  readonly typeName: string;
  /** Changes a message; what is in it then is changed afterwards. */
  readonly apply: (message: never) => void;
}

/** Changes a message and all that is in it, what an `Any` holds included. */
export function rewrite(schema: DescMessage, message: Message, edits: ReadonlyMap<string, Edit>): void {
  edits.get(schema.typeName)?.apply(message as never);
  if (schema.typeName === AnySchema.typeName) return rewriteAny(message as Any, edits);
  for (const field of schema.fields) {
    if (field.message === undefined || field.message.typeName.startsWith("google.protobuf.") && !isAny(field)) continue;
    for (const inner of messagesIn(field, message)) rewrite(field.message, inner, edits);
  }
}

function rewriteAny(any: Any, edits: ReadonlyMap<string, Edit>): void {
  const schema = knownType(typeNameOf(any.typeUrl));
  if (schema === undefined) return;
  let message;
  try {
    message = fromBinary(schema, any.value);
  } catch {
    // Envoy says so itself.
    return;
  }
  rewrite(schema, message, edits);
  any.value = toBinary(schema, message);
}

function isAny({ message }: DescField): boolean {
  return message?.typeName === AnySchema.typeName;
}

function messagesIn({ localName, oneof, fieldKind }: DescField, message: Message): readonly Message[] {
  const fields = message as unknown as Record<string, unknown>;
  const holder = oneof && fields[oneof.localName] as { readonly case?: string; readonly value?: unknown };
  const value = holder === undefined ? fields[localName] : holder.case === localName ? holder.value : undefined;
  if (value === undefined) return [];
  if (fieldKind === "list") return value as Message[];
  return fieldKind === "map" ? Object.values(value as Record<string, Message>) : [value as Message];
}
