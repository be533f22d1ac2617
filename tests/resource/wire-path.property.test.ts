import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { visitPath } from "../../src/resource/mod.ts";

const numbers = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 3 }) },
  fc.constantFrom(15, 16, 2047, 2048, 70_000),
);
const messages = fc.letrec<{ message: Uint8Array; field: Uint8Array }>((tie) => ({
  message: fc.array(tie("field"), { maxLength: 4 }).map(joined),
  field: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.tuple(numbers, fc.oneof(fc.uint8Array(), fc.constantFrom(new Uint8Array(200), new Uint8Array(20_000)))).map((
      [n, value],
    ) => new BinaryWriter().tag(n, WireType.LengthDelimited).bytes(value).finish()),
    fc.tuple(numbers, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })).map(([n, value]) =>
      new BinaryWriter().tag(n, WireType.Varint).uint64(value).finish()
    ),
    fc.tuple(numbers, fc.nat()).map(([n, value]) => new BinaryWriter().tag(n, WireType.Bit32).fixed32(value).finish()),
    numbers.map((n) => new BinaryWriter().tag(n, WireType.Bit64).fixed64(7n).finish()),
    tie("message").chain((message) =>
      numbers.map((n) => new BinaryWriter().tag(n, WireType.StartGroup).raw(message).tag(n, WireType.EndGroup).finish())
    ),
    fc.tuple(numbers, tie("message")).map(([n, value]) =>
      new BinaryWriter().tag(n, WireType.LengthDelimited).bytes(value).finish()
    ),
  ),
})).message;
const paths = fc.array(fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constantFrom(16, 2048)), { maxLength: 3 });

describe("visitPath", () => {
  it("visits what the library reads at the path", () => {
    fc.assert(fc.property(messages, paths, (bytes, path) => {
      expect(outcome(bytes, path, visitPath)).toEqual(outcome(bytes, path, visitByLibrary));
    }));
  });

  it("fails for bytes that the library cannot read, once it has visited the same", () => {
    const broken = fc.tuple(messages, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }), fc.nat(3)).map(
      ([message, changes, cut]) => {
        const bytes = message.slice(0, Math.max(0, message.length - cut));
        for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte;
        return bytes;
      },
    );
    fc.assert(fc.property(fc.oneof(broken, fc.uint8Array()), paths, (bytes, path) => {
      expect(outcome(bytes, path, visitPath)).toEqual(outcome(bytes, path, visitByLibrary));
    }));
  });
});

type Visit = typeof visitPath;

function outcome(bytes: Uint8Array, path: readonly number[], visit: Visit) {
  const found: Uint8Array[] = [];
  try {
    visit(bytes, path, (value) => found.push(value.slice()));
  } catch (error) {
    return { found, error: String(error) };
  }
  return { found };
}

function visitByLibrary(bytes: Uint8Array, path: readonly number[], visit: (value: Uint8Array) => void): void {
  if (path.length === 0) return visit(bytes);
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number === path[0] && wireType === WireType.LengthDelimited) {
      visitByLibrary(reader.bytes(), path.slice(1), visit);
    } else reader.skip(wireType, number);
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const part of parts) writer.raw(part);
  return writer.finish();
}
