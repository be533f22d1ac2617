import type { DescField } from "@bufbuild/protobuf";
import type { Duration } from "@bufbuild/protobuf/wkt";
import type { DescMessage, Message, MessageInitShape } from "../../resource/mod.ts";
import { duration, type DurationValue } from "./duration.ts";

/** The fields of a message as an object, all optional; those that are durations also in milliseconds or as a text. */
export type Fields<D extends DescMessage> = WithDurations<Exclude<MessageInitShape<D>, Message>>;

type WithDurations<F> = {
  [P in keyof F as P extends "$typeName" ? never : P]: Duration extends NonNullable<F[P]> ? F[P] | DurationValue : F[P];
};

/** The fields as the message has them: durations in milliseconds, and those given as texts, become messages. */
export function withDurations<D extends DescMessage>(
  schema: D,
  fields: Readonly<Record<string, unknown>>,
): Exclude<MessageInitShape<D>, Message> {
  let copy: Record<string, unknown> | undefined;
  for (const { localName } of durationsOf(schema)) {
    const value = fields[localName];
    if (typeof value !== "number" && typeof value !== "string") continue;
    copy ??= { ...fields };
    copy[localName] = duration(value, localName);
  }
  return (copy ?? fields) as Exclude<MessageInitShape<D>, Message>;
}

const known = new WeakMap<DescMessage, readonly DescField[]>();

/** The fields of a message, outside of its oneofs, that are durations. */
function durationsOf(schema: DescMessage): readonly DescField[] {
  let fields = known.get(schema);
  if (fields === undefined) {
    fields = schema.fields.filter(({ message, fieldKind, oneof }) =>
      fieldKind === "message" && oneof === undefined && message.typeName === "google.protobuf.Duration"
    );
    known.set(schema, fields);
  }
  return fields;
}
