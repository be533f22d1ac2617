import { create, type DescMessage, fromBinary, setExtension, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PACKAGES } from "../../gen/packages.ts";
import { ByteWriter } from "../../src/resource/encoding/byte-writer.ts";
import { messageWriter } from "../../src/resource/encoding/message-writer.ts";
import { encode } from "../../src/resource/mod.ts";
import { EXTENSIONS, KINDS } from "./encoder/kinds.ts";
import { RandomInit } from "./encoder/random-init.ts";

type Fields = Record<string, unknown>;
type Encode = (schema: DescMessage, init: Fields) => Uint8Array;

const { numRuns: RUNS = 100 } = fc.readConfigureGlobal();
/** The runs for each type of the API, of which there are 1,500. */
const RUNS_OF_A_TYPE = Math.ceil(RUNS / 10);
const api = Object.entries(byPackage(await messageTypes()));

describe("encode", () => {
  it.each(api)(
    "S1 gives the bytes of the library, without it, for all types of %s",
    { timeout: 600_000 },
    (_, types) => {
      for (const schema of types) {
        assertSame(schema, (draw) => new RandomInit(draw, "never"), { encoded: written, numRuns: RUNS_OF_A_TYPE });
      }
    },
  );

  it.each(api)("gives the errors of the library for all types of %s", { timeout: 600_000 }, (_, types) => {
    for (const schema of types) {
      assertSame(schema, (draw) => new RandomInit(draw, "sometimes"), { encoded: encode, numRuns: RUNS_OF_A_TYPE });
    }
  });

  describe.each(KINDS.map((schema) => [schema.typeName, schema] as const))(
    "of %s",
    { timeout: 600_000 },
    (_, schema) => {
      it("gives the bytes of the library", () => {
        assertSame(schema, (draw) => new RandomInit(draw, "never"), { encoded: encode, numRuns: RUNS * 3 });
      });

      it("gives the errors of the library", () => {
        assertSame(schema, (draw) => new RandomInit(draw, "sometimes"), { encoded: encode, numRuns: RUNS * 3 });
      });
    },
  );

  it("gives extensions as the library does", () => {
    const schema = EXTENSIONS[0]!.extendee;
    const message = create(schema);
    setExtension(message, EXTENSIONS[0]!, ["a", ""]);
    setExtension(message, EXTENSIONS[1]!, create(schema, { f1: 2.5 }));
    setExtension(message, EXTENSIONS[2]!, -5n);
    expect(encode(schema, message)).toEqual(toBinary(schema, message));
    expect(encode(schema, fromBinary(schema, toBinary(schema, message)))).toEqual(toBinary(schema, message));
  });
});

/** Both give the same bytes, or the same error. */
function assertSame(
  schema: DescMessage,
  random: (draw: fc.GeneratorValue) => RandomInit,
  { encoded, numRuns }: { readonly encoded: Encode; readonly numRuns: number },
): void {
  fc.assert(
    fc.property(fc.gen(), (draw) => {
      const { given, sorted } = random(draw).of(schema);
      const expected = outcome(() => toBinary(schema, create(schema, sorted as Fields)));
      expect(outcome(() => encoded(schema, given as Fields)), schema.typeName).toEqual(expected);
    }),
    // A message as it was drawn is worth more than the minutes that it takes to make it smaller.
    { numRuns, endOnFailure: true },
  );
}

function written(schema: DescMessage, init: Fields): Uint8Array {
  const writer = new ByteWriter();
  messageWriter(schema)(writer, init, false);
  return writer.copy();
}

function outcome(encoded: () => Uint8Array): string {
  try {
    return Array.from(encoded(), (byte) => byte.toString(16).padStart(2, "0")).join("");
  } catch (error) {
    return String(error);
  }
}

async function messageTypes(): Promise<readonly DescMessage[]> {
  const modules = await Promise.all(Object.values(PACKAGES).flatMap((load) => load()));
  return modules.flatMap((each) => Object.values(each)).filter((each: unknown): each is DescMessage => {
    return (each as { kind?: unknown }).kind === "message";
  });
}

function byPackage(types: readonly DescMessage[]): Record<string, readonly DescMessage[]> {
  const parts = Object.groupBy(types, ({ typeName }) => typeName.split(".").slice(0, 2).join("."));
  return parts as Record<string, readonly DescMessage[]>;
}
