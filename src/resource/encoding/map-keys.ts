import { ScalarType } from "@bufbuild/protobuf";
import type { ByteWriter } from "./byte-writer.ts";
import { scalarWriter } from "./scalar-writers.ts";
import { UNSUPPORTED } from "./unsupported.ts";

/**
 * The keys of a map in their canonical order, which depends on nothing but the keys: those that look like an index of an
 * array by number, as every object has them first, and then the others by code unit.
 */
export function sortedKeys(map: object): readonly string[] {
  const keys = Object.keys(map);
  if (keys.length < 2) return keys;
  let indexes = 0;
  while (indexes < keys.length && isIndex(keys[indexes]!)) indexes++;
  for (let i = indexes + 1; i < keys.length; i++) {
    if (keys[i - 1]! > keys[i]!) return [...keys.slice(0, indexes), ...keys.slice(indexes).sort()];
  }
  return keys;
}

/** How keys of a scalar type are written, which are texts in an object. */
export function keyWriter(
  type: Exclude<ScalarType, typeof ScalarType.BYTES>,
): (writer: ByteWriter, key: string) => void {
  const { write, wireType } = scalarWriter(type);
  const tag = 1 << 3 | wireType;
  const convert = converter(type);
  return (writer, key) => {
    write(writer, convert(key));
    writer.uint32(tag);
  };
}

const MAX_INDEX = 2 ** 32 - 2;

function isIndex(key: string): boolean {
  return /^(?:0|[1-9][0-9]{0,9})$/.test(key) && Number(key) <= MAX_INDEX;
}

function converter(type: ScalarType): (key: string) => unknown {
  switch (type) {
    case ScalarType.STRING:
      return (key) => key;
    case ScalarType.BOOL:
      return (key) => {
        if (key !== "true" && key !== "false") throw UNSUPPORTED;
        return key === "true";
      };
    case ScalarType.INT32:
    case ScalarType.SINT32:
    case ScalarType.SFIXED32:
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return (key) => Number(decimal(key));
    default:
      return (key) => BigInt(decimal(key));
  }
}

/** The library reads other spellings of a number as well. */
function decimal(key: string): string {
  if (!/^(?:0|-?[1-9][0-9]{0,19})$/.test(key)) throw UNSUPPORTED;
  return key;
}
