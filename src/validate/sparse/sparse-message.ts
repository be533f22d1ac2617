import { create } from "@bufbuild/protobuf";
import type { DescMessage, Message } from "../../resource/mod.ts";

/**
 * A message that owns only what is set in it, so that the 60 fields of a cluster that are not set cost nothing to make and
 * nothing to visit. Fields that are not set have their defaults from the prototype, which all messages of the type share.
 *
 * Invariant: `[SET]` has the slots that are set, in ascending order.
 */
export interface SparseMessage extends Message {
  readonly [SET]: number[];
  [field: string]: unknown;
}

const SET = Symbol("set");

/** The slots that are set in a message, in their order; undefined for one that is not sparse. */
export function slotsIn(message: Message): readonly number[] | undefined {
  return (message as Partial<SparseMessage>)[SET];
}

/** A class of messages of a type that are empty at first. */
export function sparseClass(schema: DescMessage): new () => SparseMessage {
  class Sparse {
    readonly [SET]: number[] = [];
  }
  const defaults = create(schema) as unknown as Record<string, unknown>;
  for (const value of Object.values(defaults)) if (typeof value === "object") Object.freeze(value);
  Object.assign(Sparse.prototype, defaults);
  return Sparse as unknown as new () => SparseMessage;
}

/** Remembers that a slot is set. @returns whether it was not set before */
export function addSlot(message: SparseMessage, slot: number): boolean {
  const set = message[SET];
  const last = set.length === 0 ? -1 : set[set.length - 1]!;
  if (slot > last) {
    set.push(slot);
    return true;
  }
  if (slot === last || set.includes(slot)) return false;
  set.splice(set.findIndex((each) => each > slot), 0, slot);
  return true;
}
