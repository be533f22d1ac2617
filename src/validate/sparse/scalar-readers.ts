import { ScalarType } from "@bufbuild/protobuf";
import { type BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** How a value of a scalar type is read. */
export interface ScalarReader {
  readonly wireType: WireType;
  readonly read: (reader: BinaryReader) => unknown;
}

/** How values of the scalar types are read. Enums are read as INT32. */
export const SCALARS: Readonly<Record<ScalarType, ScalarReader>> = {
  [ScalarType.STRING]: { wireType: WireType.LengthDelimited, read: (reader) => reader.string(true) },
  [ScalarType.BYTES]: { wireType: WireType.LengthDelimited, read: (reader) => reader.bytes() },
  [ScalarType.BOOL]: { wireType: WireType.Varint, read: (reader) => reader.bool() },
  [ScalarType.INT32]: { wireType: WireType.Varint, read: (reader) => reader.int32() },
  [ScalarType.INT64]: { wireType: WireType.Varint, read: (reader) => reader.int64() },
  [ScalarType.UINT32]: { wireType: WireType.Varint, read: (reader) => reader.uint32() },
  [ScalarType.UINT64]: { wireType: WireType.Varint, read: (reader) => reader.uint64() },
  [ScalarType.SINT32]: { wireType: WireType.Varint, read: (reader) => reader.sint32() },
  [ScalarType.SINT64]: { wireType: WireType.Varint, read: (reader) => reader.sint64() },
  [ScalarType.DOUBLE]: { wireType: WireType.Bit64, read: (reader) => reader.double() },
  [ScalarType.FIXED64]: { wireType: WireType.Bit64, read: (reader) => reader.fixed64() },
  [ScalarType.SFIXED64]: { wireType: WireType.Bit64, read: (reader) => reader.sfixed64() },
  [ScalarType.FLOAT]: { wireType: WireType.Bit32, read: (reader) => reader.float() },
  [ScalarType.FIXED32]: { wireType: WireType.Bit32, read: (reader) => reader.fixed32() },
  [ScalarType.SFIXED32]: { wireType: WireType.Bit32, read: (reader) => reader.sfixed32() },
};
