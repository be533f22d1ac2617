import type { DescField, DescOneof } from "@bufbuild/protobuf";
import type { DescMessage } from "../../resource/mod.ts";

/** The fields of a message type that are in no oneof, then its oneofs. Plans visit them in this order. */
export type Slots = readonly (DescField | DescOneof)[];

/** The slots of a type, by which decoded messages say what is set in them. */
export function slotsOf(schema: DescMessage): Slots {
  let slots = known.get(schema);
  if (slots === undefined) {
    const { members } = schema;
    slots = [...members.filter(({ kind }) => kind === "field"), ...members.filter(({ kind }) => kind === "oneof")];
    known.set(schema, slots);
  }
  return slots;
}

const known = new WeakMap<DescMessage, Slots>();
