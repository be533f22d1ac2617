import { create, type DescMessage, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { ClusterSchema } from "../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { PermissionSchema } from "../../gen/envoy/config/rbac/v3/rbac_pb.ts";
import { CHECKS } from "../../src/validate/checks/mod.ts";
import { unpack } from "../../src/validate/known-types.ts";
import { Place } from "../../src/validate/place.ts";
import { REFERENCES } from "../../src/validate/references/mod.ts";
import { checkRules } from "../../src/validate/rules/check-rules.ts";
import { decodeSparse } from "../../src/validate/sparse/decode.ts";
import { slotsOf } from "../../src/validate/sparse/layout.ts";
import { bitsOf, highBits, lowBits } from "../../src/validate/sparse/sparse-message.ts";
import { walkOf } from "../../src/validate/walk.ts";
import { cluster } from "../../src/v3/mod.ts";
import { allTypes } from "../differential/rules/all-types.ts";
import { Random } from "../differential/rules/random.ts";
import { RandomMessages } from "../differential/rules/random-message.ts";

const ROUNDS = 3;
const resource = cluster({ name: "c" });
const walk = walkOf([...CHECKS, ...REFERENCES]);

describe("decodeSparse()", () => {
  it("reads what the library does, in messages of all types, and the same is found in them", async () => {
    const messages = new RandomMessages(new Random(1));
    let sparse = 0;
    let broken = 0;
    let total = 0;
    for (const schema of (await allTypes()).values()) {
      for (let round = 0; round < ROUNDS; round++) {
        const bytes = toBinary(schema, messages.make(schema, round / ROUNDS));
        const [ours, library] = [decodeSparse(schema, bytes), fromBinary(schema, bytes)];
        expect(plain(schema, ours)).toEqual(plain(schema, library));
        const found = findings(schema, library);
        expect(findings(schema, ours)).toEqual(found);
        total++;
        if (lowBits(ours) !== undefined) sparse++;
        if (found.rules.length > 0) broken++;
      }
    }
    expect(sparse / total).toBeGreaterThan(0.8);
    expect(broken / total).toBeGreaterThan(0.2);
  }, 120_000);

  it("reads what the library does, or throws its error, in bytes that no encoder writes", async () => {
    const random = new Random(2);
    const messages = new RandomMessages(random);
    let thrown = 0;
    let read = 0;
    for (const schema of (await allTypes()).values()) {
      const bytes = toBinary(schema, messages.make(schema, 0.2));
      for (const changed of [spoiled(bytes, random), spoiled(bytes, random), twice(bytes)]) {
        const expected = outcome(() => plain(schema, fromBinary(schema, changed)));
        expect(outcome(() => plain(schema, decodeSparse(schema, changed)))).toEqual(expected);
        if ("error" in expected) thrown++;
        else read++;
      }
    }
    expect(thrown).toBeGreaterThan(100);
    expect(read).toBeGreaterThan(100);
  }, 120_000);

  it("says what is set, whatever the order of the bytes", () => {
    const [name, type] = [{ name: "c" }, { clusterDiscoveryType: { case: "type", value: 3 } }] as const;
    const parts = [{ altStatName: "a" }, type, name].map((init) =>
      toBinary(ClusterSchema, create(ClusterSchema, init))
    );
    const decoded = decodeSparse(ClusterSchema, join(parts));
    const set = ["name", "altStatName", "clusterDiscoveryType"];
    const slots = [...slotsOf(ClusterSchema).keys()].filter((slot) =>
      set.includes(slotsOf(ClusterSchema)[slot]!.localName)
    );
    expect({ low: lowBits(decoded), high: highBits(decoded) }).toEqual(bitsOf(slots));
  });

  it("reads messages as deep as the library does, and no deeper", () => {
    const outcomes = [99, 100, 101].map((depth) => {
      const bytes = negated(depth);
      const expected = outcome(() => plain(PermissionSchema, fromBinary(PermissionSchema, bytes)));
      expect(outcome(() => plain(PermissionSchema, decodeSparse(PermissionSchema, bytes)))).toEqual(expected);
      return "error" in expected;
    });
    expect(outcomes).toEqual([false, false, true]);
  });
});

function findings(schema: DescMessage, message: Message) {
  const at = new Place(resource);
  walk(schema, message, at);
  const { problems, references, claims } = at;
  return { rules: checkRules(schema, message, { unpack }), problems, references, claims };
}

/** What readers of a message see, whichever object has it. */
function plain(schema: DescMessage, message: Message): unknown {
  const fields = message as unknown as Record<string, unknown>;
  return [message.$typeName, ...slotsOf(schema).map(({ localName }) => plainValue(schema, fields[localName]))];
}

function plainValue(schema: DescMessage, value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map((each) => plainValue(schema, each));
  if (typeof value !== "object" || value === null) return value;
  const { $typeName } = value as Partial<Message>;
  const of = typeof $typeName === "string" ? schemaOf(schema, $typeName) : undefined;
  if (of !== undefined) return plain(of, value as Message);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plainValue(schema, each)]));
}

function schemaOf({ fields }: DescMessage, typeName: string): DescMessage | undefined {
  return fields.map(({ message }) => message).find((each) => each?.typeName === typeName);
}

function outcome(run: () => unknown): { readonly value: unknown } | { readonly error: string } {
  try {
    return { value: run() };
  } catch (error) {
    return { error: String(error) };
  }
}

function spoiled(bytes: Uint8Array, random: Random): Uint8Array {
  const changed = bytes.slice(0, random.chance(0.2) ? random.below(bytes.length + 1) : bytes.length);
  for (let i = 0; i < 3 && changed.length > 0; i++) changed[random.below(changed.length)] = random.below(256);
  return changed;
}

/** Each field twice, so that messages are merged. */
function twice(bytes: Uint8Array): Uint8Array {
  return join([bytes, bytes]);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

/** A permission in the `not_rule` of a permission, and so on. */
function negated(depth: number): Uint8Array {
  let bytes = new Uint8Array();
  for (let i = 1; i < depth; i++) bytes = new Uint8Array([NOT_RULE, ...lengthOf(bytes.length), ...bytes]);
  return bytes;
}

/** The tag of field 8. */
const NOT_RULE = 0x42;

function lengthOf(length: number): number[] {
  return length < 128 ? [length] : [length % 128 + 128, ...lengthOf(length >> 7)];
}
