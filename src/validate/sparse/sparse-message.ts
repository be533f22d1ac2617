import { create } from "@bufbuild/protobuf";
import type { DescMessage, Message } from "../../resource/mod.ts";

/**
 * A message that owns only what is set in it, so that the 60 fields of a cluster that are not set cost nothing to make and
 * nothing to visit. Fields that are not set have their defaults from the prototype, which all messages of the type share.
 *
 * Which slots are set is kept as bits, in two numbers that engines keep without memory of their own.
 */
export interface SparseMessage extends Message {
  /** The slots from 0 on. */
  [LOW]: number;
  /** The slots from {@link BITS} on. */
  [HIGH]: number;
  [field: string]: unknown;
}

const LOW = Symbol("low");
const HIGH = Symbol("high");
/** How many slots each number has. */
export const BITS = 30;
/** How many slots a type may have. */
export const MAX_SLOTS = 2 * BITS;

/** Slots as bits: those from 0 on, and those from {@link BITS} on. */
export interface SlotBits {
  readonly low: number;
  readonly high: number;
}

/** The bits of some slots. */
export function bitsOf(slots: Iterable<number>): SlotBits {
  let [low, high] = [0, 0];
  for (const slot of slots) {
    if (slot < BITS) low |= 1 << slot;
    else if (slot < MAX_SLOTS) high |= 1 << slot - BITS;
  }
  return { low, high };
}

/** The position of the lowest bit that is set. A loop over all of them clears it by `bits &= bits - 1`. */
export function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

/** The bits of the slots from 0 on that are set; undefined for a message that is not sparse. */
export function lowBits(message: Message): number | undefined {
  return (message as Partial<SparseMessage>)[LOW];
}

/** The bits of the slots from {@link BITS} on that are set, of a message that is sparse. */
export function highBits(message: Message): number {
  return (message as SparseMessage)[HIGH];
}

/** A class of messages of a type, of {@link MAX_SLOTS} slots at most, that are empty at first. */
export function sparseClass(schema: DescMessage): new () => SparseMessage {
  class Sparse {
    constructor() {
      const self = this as unknown as SparseMessage;
      self[LOW] = 0;
      self[HIGH] = 0;
    }
  }
  const defaults = create(schema) as unknown as Record<string, unknown>;
  for (const value of Object.values(defaults)) if (typeof value === "object") Object.freeze(value);
  Object.assign(Sparse.prototype, defaults);
  return Sparse as unknown as new () => SparseMessage;
}

/** Remembers that a slot is set. @returns whether it was not set before */
export function addSlot(message: SparseMessage, slot: number): boolean {
  const isLow = slot < BITS;
  const bit = 1 << (isLow ? slot : slot - BITS);
  const set = isLow ? message[LOW] : message[HIGH];
  if ((set & bit) !== 0) return false;
  if (isLow) message[LOW] = set | bit;
  else message[HIGH] = set | bit;
  return true;
}
