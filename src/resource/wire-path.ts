import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/**
 * Calls `visit` with each length-delimited value at a path of field numbers, without a schema: so that a few fields of
 * large messages can be read without loading their types.
 *
 * @throws Error where the bytes cannot be read as a message
 */
export function visitPath(bytes: Uint8Array, path: readonly number[], visit: (value: Uint8Array) => void): void {
  walk({ bytes, path, visit }, 0, { at: 0, end: bytes.length });
}

/** The strings at a path of field numbers, in order. */
export function stringsAt(bytes: Uint8Array, path: readonly number[]): string[] {
  const found: string[] = [];
  visitPath(bytes, path, (value) => found.push(decoder.decode(value)));
  return found;
}

const decoder = new TextDecoder();

interface Walk {
  readonly bytes: Uint8Array;
  readonly path: readonly number[];
  readonly visit: (value: Uint8Array) => void;
}

/**
 * Looks through one message, whose part of the bytes is given. Fields as they usually are, which have a tag of at most two
 * bytes and a length of at most three, are passed over here; at any other one the library takes over, which also has the
 * errors.
 */
function walk(options: Walk, depth: number, { at: start, end }: { readonly at: number; readonly end: number }): void {
  const { bytes, path, visit } = options;
  if (depth === path.length) return visit(bytes.subarray(start, end));
  let at = start;
  while (at < end) {
    let next = at + 1;
    let tag = bytes[at]!;
    if (tag > 127) tag = tag & 127 | bytes[next++]! << 7;
    const number = tag >>> 3;
    const wireType = tag & 7;
    let length = 0;
    if (wireType === WireType.LengthDelimited) {
      length = bytes[next++]!;
      if (length > 127) length = length & 127 | bytes[next++]! << 7;
      if (length > 16_383) length = length & 16_383 | bytes[next++]! << 14;
    } else if (wireType === WireType.Varint) {
      while (next < end && bytes[next]! > 127) next++;
      next++;
    } else if (wireType === WireType.Bit32) next += 4;
    else if (wireType === WireType.Bit64) next += 8;
    const isUsual = number > 0 && tag < 1 << 14 && length < 1 << 21 && isKnown(wireType) && next + length <= end;
    if (!isUsual) return walkRest(options, depth, { at, start, end });
    if (number === path[depth] && wireType === WireType.LengthDelimited) {
      walk(options, depth + 1, { at: next, end: next + length });
    }
    at = next + length;
  }
}

function isKnown(wireType: number): boolean {
  return wireType <= WireType.LengthDelimited || wireType === WireType.Bit32;
}

function walkRest(
  { bytes, path, visit }: Walk,
  depth: number,
  { at, start, end }: { readonly at: number; readonly start: number; readonly end: number },
): void {
  const reader = new BinaryReader(bytes.subarray(start, end));
  reader.pos = at - start;
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number === path[depth] && wireType === WireType.LengthDelimited) {
      const value = reader.bytes();
      walk({ bytes: value, path, visit }, depth + 1, { at: 0, end: value.length });
    } else reader.skip(wireType, number);
  }
}
