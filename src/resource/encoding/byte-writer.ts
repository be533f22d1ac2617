import { allocate, type Place } from "../slab.ts";

/**
 * Writes protobuf from the end of its memory to the beginning: the length of a message is known when its last field, the
 * first one on the wire, has been written. So nothing is measured before, and nothing moved after.
 *
 * Values are written before their lengths and tags, and fields in descending order of their numbers.
 *
 * Invariant: `#bytes` from `#at` on is what has been written, `0 <= #at <= #bytes.length`.
 */
export class ByteWriter {
  #bytes = new Uint8Array(FIRST_SIZE);
  #view = new DataView(this.#bytes.buffer);
  #at = FIRST_SIZE;

  /** How many bytes have been written. */
  get size(): number {
    return this.#bytes.length - this.#at;
  }

  /** Writes an unsigned varint of at most 32 bits: a tag, a length or a value. */
  uint32(value: number): void {
    if (this.#at < MAX_VARINT32) this.#grow(MAX_VARINT32);
    if (value < 0x80) this.#bytes[--this.#at] = value;
    else this.#at = varint(this.#bytes, this.#at - sizeOfVarint(value), value);
  }

  /** Writes a varint of 64 bits, given as two unsigned halves. */
  uint64(low: number, high: number): void {
    if (high === 0) return this.uint32(low);
    if (this.#at < MAX_VARINT64) this.#grow(MAX_VARINT64);
    const bytes = this.#bytes;
    // Four groups of seven bits are in the lower half, one is in both, and the others in the upper.
    let rest = high >>> 3;
    let at = this.#at -= 5 + (rest === 0 ? 0 : sizeOfVarint(rest));
    for (let shift = 0; shift < 28; shift += 7) bytes[at++] = low >>> shift & 127 | 128;
    bytes[at++] = low >>> 28 | (high & 7) << 4 | (rest === 0 ? 0 : 128);
    for (; rest > 127; rest >>>= 7) bytes[at++] = rest & 127 | 128;
    if (rest > 0) bytes[at] = rest;
  }

  /** Writes 32 bits in little-endian order. */
  fixed32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#at, value, true);
  }

  /** Writes 64 bits in little-endian order, given as two halves. */
  fixed64(low: number, high: number): void {
    this.#reserve(8);
    this.#view.setUint32(this.#at, low, true);
    this.#view.setUint32(this.#at + 4, high, true);
  }

  /** Writes a float. */
  float(value: number): void {
    this.#reserve(4);
    this.#view.setFloat32(this.#at, value, true);
  }

  /** Writes a double. */
  double(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#at, value, true);
  }

  /** Writes bytes without their length. */
  raw(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#at);
  }

  /** Writes a text as UTF-8 and its length. Halves of surrogate pairs become U+FFFD, as in `TextEncoder`. */
  string(text: string): void {
    const { length } = text;
    if (length > MAX_SHORT_TEXT) return this.#longString(text);
    if (this.#at < length + MAX_VARINT32) this.#grow(length + MAX_VARINT32);
    const bytes = this.#bytes;
    const start = this.#at - length;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) return this.#longString(text);
      bytes[start + i] = code;
    }
    this.#at = start;
    this.uint32(length);
  }

  /**
   * Reads what has been written since a size.
   *
   * @returns what `read` returns for the memory, which is valid during this call, and where the part begins and ends in it
   */
  read<T>(since: number, read: (bytes: Uint8Array, start: number, end: number) => T): T {
    return read(this.#bytes, this.#at, this.#bytes.length - since);
  }

  /** Copies what has been written to memory that is allocated for it. */
  store(): Place {
    const { size } = this;
    const place = allocate(size);
    const { memory, at } = place;
    if (size > MAX_LOOP) memory.set(this.#bytes.subarray(this.#at), at);
    else for (let i = 0; i < size; i++) memory[at + i] = this.#bytes[this.#at + i]!;
    return place;
  }

  /** A copy of what has been written. */
  copy(): Uint8Array {
    const { memory, at } = this.store();
    return memory.subarray(at, at + this.size);
  }

  /** Forgets what has been written beyond a size. */
  reset(size: number): void {
    this.#at = this.#bytes.length - size;
  }

  /** Forgets all that has been written. Much memory is given back. */
  clear(): void {
    if (this.#bytes.length > MAX_RETAINED) this.#use(new Uint8Array(FIRST_SIZE));
    this.#at = this.#bytes.length;
  }

  /** `encodeInto` has a price for each call that a loop over a short text has not. */
  #longString(text: string): void {
    const room = text.length * MAX_UTF8;
    if (this.#at < room + MAX_VARINT32) this.#grow(room + MAX_VARINT32);
    const start = this.#at - room;
    const { written } = encoder.encodeInto(text, this.#bytes.subarray(start, this.#at));
    if (written < room) this.#bytes.copyWithin(this.#at - written, start, start + written);
    this.#at -= written;
    this.uint32(written);
  }

  #reserve(size: number): void {
    if (this.#at < size) this.#grow(size);
    this.#at -= size;
  }

  #grow(size: number): void {
    const former = this.#bytes;
    const used = this.size;
    const bytes = new Uint8Array(Math.max(former.length * 2, used + size));
    bytes.set(former.subarray(this.#at), bytes.length - used);
    this.#use(bytes);
    this.#at = bytes.length - used;
  }

  #use(bytes: Uint8Array<ArrayBuffer>): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

/** The memory of a writer at first, in bytes. */
const FIRST_SIZE = 16 * 1024;
/** The most memory that a writer keeps for the next message, in bytes. */
const MAX_RETAINED = 1024 * 1024;
const MAX_VARINT32 = 5;
const MAX_VARINT64 = 10;
/** Bytes of UTF-8 for a code unit of UTF-16, at most. */
const MAX_UTF8 = 3;
/** The longest text that is looked at code by code, in code units. */
const MAX_SHORT_TEXT = 128;
/** The most bytes that are copied one by one, which needs no view of them. */
const MAX_LOOP = 256;
const encoder = new TextEncoder();

function sizeOfVarint(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x200000) return 3;
  return value < 0x10000000 ? 4 : 5;
}

/** @returns where it begins */
function varint(bytes: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes[at++] = rest & 127 | 128;
  bytes[at] = rest;
  return start;
}
