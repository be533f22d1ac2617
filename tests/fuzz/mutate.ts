import type { Random } from "./random.ts";

/** What mutations are made of. */
export interface MutationOptions {
  readonly random: Random;
  /** Other inputs, to take pieces from. */
  readonly others: readonly Uint8Array[];
  readonly words: readonly Uint8Array[];
  /** The largest result, in bytes. */
  readonly maxBytes: number;
}

/** Changes an input at some places. */
export function mutate(input: Uint8Array, options: MutationOptions): Uint8Array {
  let result = input;
  for (let left = 1 + options.random.below(5); left > 0; left--) {
    result = options.random.pick(OPERATIONS)(result, options);
  }
  return result.subarray(0, options.maxBytes);
}

type Operation = (input: Uint8Array, options: MutationOptions) => Uint8Array;

const OPERATIONS: readonly Operation[] = [
  flipBit,
  setByte,
  setByte,
  insertBytes,
  insertWord,
  insertWord,
  removeRange,
  removeRange,
  copyRange,
  repeatRange,
  takeFromOther,
  takeFromOther,
  setLength,
];

/** Ends of ranges, in bytes and varints, and characters that separate. */
const BYTES = [
  0,
  1,
  2,
  8,
  10,
  18,
  26,
  34,
  127,
  128,
  255,
  ...[...'"\\,:;/%?#@[]{}*\n\r\t '].map((c) => c.charCodeAt(0)),
];

function flipBit(input: Uint8Array, { random }: MutationOptions): Uint8Array {
  const result = input.slice();
  if (result.length > 0) result[random.below(result.length)]! ^= 1 << random.below(8);
  return result;
}

function setByte(input: Uint8Array, { random }: MutationOptions): Uint8Array {
  const result = input.slice();
  const value = random.below(2) === 0 ? random.pick(BYTES) : random.below(256);
  if (result.length > 0) result[random.below(result.length)] = value;
  return result;
}

function insertBytes(input: Uint8Array, { random }: MutationOptions): Uint8Array {
  const piece = Uint8Array.from({ length: 1 + random.below(8) }, () => random.below(256));
  return inserted(input, random.below(input.length + 1), piece);
}

function insertWord(input: Uint8Array, { random, words }: MutationOptions): Uint8Array {
  if (words.length === 0) return input;
  const word = random.pick(words);
  const at = random.below(input.length + 1);
  // In place of as many bytes, or between them.
  return random.below(2) === 0 ? inserted(input, at, word) : replaced(input, at, word.length, word);
}

function removeRange(input: Uint8Array, options: MutationOptions): Uint8Array {
  const [from, length] = range(input, options);
  return replaced(input, from, length, EMPTY);
}

function copyRange(input: Uint8Array, options: MutationOptions): Uint8Array {
  const [from, length] = range(input, options);
  return inserted(input, options.random.below(input.length + 1), input.slice(from, from + length));
}

function repeatRange(input: Uint8Array, options: MutationOptions): Uint8Array {
  const { random, maxBytes } = options;
  const [from, length] = range(input, options);
  if (length === 0) return input;
  const most = Math.max(1, Math.floor((maxBytes - input.length) / length));
  const times = 1 + random.below(Math.min(most, random.below(8) === 0 ? most : 16));
  const piece = new Uint8Array(length * times);
  for (let at = 0; at < piece.length; at += length) piece.set(input.subarray(from, from + length), at);
  return inserted(input, from, piece);
}

function takeFromOther(input: Uint8Array, options: MutationOptions): Uint8Array {
  const { random, others } = options;
  const other = random.pick(others);
  const [from, length] = range(other, options);
  const at = random.below(input.length + 1);
  return replaced(input, at, random.below(2) === 0 ? 0 : length, other.slice(from, from + length));
}

/** Claims another length: a varint, or four bytes of a frame. */
function setLength(input: Uint8Array, { random }: MutationOptions): Uint8Array {
  const length = random.pick([0, 1, 127, 128, 16_384, 2 ** 21, 2 ** 28, 2 ** 31, 2 ** 32 - 1, input.length]);
  const bytes = random.below(2) === 0
    ? varint(length)
    : Uint8Array.of(length >>> 24, length >>> 16, length >>> 8, length);
  return replaced(input, random.below(input.length + 1), random.below(5), bytes);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; bytes.length === 0 || rest > 0; rest = Math.floor(rest / 128)) {
    bytes.push(rest % 128 + (rest >= 128 ? 128 : 0));
  }
  return Uint8Array.from(bytes);
}

function range(input: Uint8Array, { random }: MutationOptions): [from: number, length: number] {
  if (input.length === 0) return [0, 0];
  const from = random.below(input.length);
  const most = input.length - from;
  return [from, 1 + random.below(random.below(2) === 0 ? Math.min(most, 8) : most)];
}

function inserted(input: Uint8Array, at: number, piece: Uint8Array): Uint8Array {
  return replaced(input, at, 0, piece);
}

function replaced(input: Uint8Array, at: number, length: number, piece: Uint8Array): Uint8Array {
  const end = Math.min(input.length, at + length);
  const result = new Uint8Array(input.length - (end - at) + piece.length);
  result.set(input.subarray(0, at));
  result.set(piece, at);
  result.set(input.subarray(end), at + piece.length);
  return result;
}

const EMPTY = new Uint8Array();
