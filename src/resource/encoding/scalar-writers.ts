import { ScalarType } from "@bufbuild/protobuf";
import { WireType } from "@bufbuild/protobuf/wire";
import type { ByteWriter } from "./byte-writer.ts";
import { UNSUPPORTED } from "./unsupported.ts";

/**
 * How values of a scalar type are written: those of the type that a message has, and no others. The library takes more,
 * such as a text for a number, and has the errors for the rest.
 */
export interface ScalarWriter {
  /** The wire type of a field of this type. */
  readonly wireType: WireType;
  /** Writes the value without a tag. @throws UNSUPPORTED for any other value */
  readonly write: (writer: ByteWriter, value: unknown) => void;
  /** Whether it is the value that a field without presence has when it is not set. */
  readonly isZero: (value: unknown) => boolean;
}

/** How values of a scalar type are written. */
export function scalarWriter(type: ScalarType): ScalarWriter {
  return WRITERS[type];
}

const INT32_RANGE = 2 ** 31;
const UINT32_RANGE = 2 ** 32;
const half = new DataView(new ArrayBuffer(8));

const varint = { wireType: WireType.Varint, isZero: isZeroNumber };
const bit32 = { wireType: WireType.Bit32, isZero: isZeroNumber };
const bit64 = { wireType: WireType.Bit64, isZero: isZeroNumber };
const delimited = { wireType: WireType.LengthDelimited };

const WRITERS: Readonly<Record<ScalarType, ScalarWriter>> = {
  [ScalarType.STRING]: {
    ...delimited,
    isZero: (value) => value === "",
    write: (writer, value) => {
      if (typeof value !== "string") throw UNSUPPORTED;
      writer.string(value);
    },
  },
  [ScalarType.BYTES]: {
    ...delimited,
    isZero: (value) => value instanceof Uint8Array && value.byteLength === 0,
    write: (writer, value) => {
      if (!(value instanceof Uint8Array)) throw UNSUPPORTED;
      writer.raw(value);
      writer.uint32(value.length);
    },
  },
  [ScalarType.BOOL]: {
    wireType: WireType.Varint,
    isZero: (value) => value === false,
    write: (writer, value) => {
      if (typeof value !== "boolean") throw UNSUPPORTED;
      writer.uint32(value ? 1 : 0);
    },
  },
  [ScalarType.INT32]: {
    ...varint,
    write: (writer, value) => {
      const number = int32(value);
      if (number >= 0) writer.uint32(number);
      else writer.uint64(number >>> 0, UINT32_RANGE - 1);
    },
  },
  [ScalarType.UINT32]: { ...varint, write: (writer, value) => writer.uint32(uint32(value)) },
  [ScalarType.SINT32]: {
    ...varint,
    write: (writer, value) => {
      const number = int32(value);
      writer.uint32((number << 1 ^ number >> 31) >>> 0);
    },
  },
  [ScalarType.FIXED32]: { ...bit32, write: (writer, value) => writer.fixed32(uint32(value)) },
  [ScalarType.SFIXED32]: { ...bit32, write: (writer, value) => writer.fixed32(int32(value)) },
  [ScalarType.INT64]: {
    ...varint,
    write: (writer, value) => {
      split(int64(value));
      writer.uint64(half.getUint32(0, true), half.getUint32(4, true));
    },
  },
  [ScalarType.UINT64]: {
    ...varint,
    write: (writer, value) => {
      if (typeof value === "number" && value >= 0 && value < UINT32_RANGE && Number.isInteger(value)) {
        return writer.uint32(value);
      }
      split(uint64(value));
      writer.uint64(half.getUint32(0, true), half.getUint32(4, true));
    },
  },
  [ScalarType.SINT64]: {
    ...varint,
    write: (writer, value) => {
      const number = int64(value);
      split(number << 1n ^ number >> 63n);
      writer.uint64(half.getUint32(0, true), half.getUint32(4, true));
    },
  },
  [ScalarType.FIXED64]: {
    ...bit64,
    write: (writer, value) => {
      split(uint64(value));
      writer.fixed64(half.getUint32(0, true), half.getUint32(4, true));
    },
  },
  [ScalarType.SFIXED64]: {
    ...bit64,
    write: (writer, value) => {
      split(int64(value));
      writer.fixed64(half.getUint32(0, true), half.getUint32(4, true));
    },
  },
  [ScalarType.FLOAT]: {
    wireType: WireType.Bit32,
    isZero: isPlusZero,
    write: (writer, value) => {
      // A finite number that is none as a float has no encoding.
      if (typeof value !== "number" || Number.isFinite(value) !== Number.isFinite(Math.fround(value))) {
        throw UNSUPPORTED;
      }
      writer.float(value);
    },
  },
  [ScalarType.DOUBLE]: {
    wireType: WireType.Bit64,
    isZero: isPlusZero,
    write: (writer, value) => {
      if (typeof value !== "number") throw UNSUPPORTED;
      writer.double(value);
    },
  },
};

function isZeroNumber(value: unknown): boolean {
  return value === 0 || value === 0n;
}

/** Minus zero is a value of its own. */
function isPlusZero(value: unknown): boolean {
  return Object.is(value, 0);
}

function int32(value: unknown): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < -INT32_RANGE || value >= INT32_RANGE) {
    throw UNSUPPORTED;
  }
  return value;
}

function uint32(value: unknown): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value >= UINT32_RANGE) throw UNSUPPORTED;
  return value;
}

function int64(value: unknown): bigint {
  const number = integer(value);
  if (BigInt.asIntN(64, number) !== number) throw UNSUPPORTED;
  return number;
}

function uint64(value: unknown): bigint {
  const number = integer(value);
  if (BigInt.asUintN(64, number) !== number) throw UNSUPPORTED;
  return number;
}

function integer(value: unknown): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value !== "number" || !Number.isInteger(value)) throw UNSUPPORTED;
  return BigInt(value);
}

/** Takes the halves of a number apart, for `half` to be read. */
function split(value: bigint): void {
  half.setBigInt64(0, value, true);
}
