import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/**
 * Calls `visit` with each length-delimited value at a path of field numbers, without a schema: so that a few fields of
 * large messages can be read without loading their types.
 */
export function visitPath(bytes: Uint8Array, path: readonly number[], visit: (value: Uint8Array) => void): void {
  walk(bytes, path, 0, visit);
}

/** The strings at a path of field numbers, in order. */
export function stringsAt(bytes: Uint8Array, path: readonly number[]): string[] {
  const found: string[] = [];
  visitPath(bytes, path, (value) => found.push(decoder.decode(value)));
  return found;
}

const decoder = new TextDecoder();

function walk(bytes: Uint8Array, path: readonly number[], depth: number, visit: (value: Uint8Array) => void): void {
  if (depth === path.length) return visit(bytes);
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number === path[depth] && wireType === WireType.LengthDelimited) walk(reader.bytes(), path, depth + 1, visit);
    else reader.skip(wireType, number);
  }
}
