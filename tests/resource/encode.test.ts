import { create, equals, fromBinary, type JsonObject, type JsonValue } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Cluster, ClusterSchema } from "../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { encode } from "../../src/resource/mod.ts";

// Numbers among the keys, which JavaScript puts first, and characters of more than one code unit.
const keys = fc.constantFrom("a", "b", "c", "10", "9", "", "é", "\uffff", "😀");
const { json } = fc.letrec<{ json: JsonValue }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<JsonValue>(null, true, 1, -0.5, "text", ""),
    fc.array(tie("json"), { maxLength: 3 }),
    objectOf(tie("json")),
  ),
}));
const metadata = objectOf(objectOf(json)) as fc.Arbitrary<Record<string, JsonObject>>;

describe("encode", () => {
  it("S1 returns the same bytes for any order of the keys, at any depth", () => {
    fc.assert(
      fc.property(metadata, (entries) => {
        expect(encode(ClusterSchema, clusterOf(reversed(entries)))).toEqual(encode(ClusterSchema, clusterOf(entries)));
      }),
    );
  });

  it("S1 returns bytes that decode to the message, and does not change it", () => {
    fc.assert(
      fc.property(metadata, (entries) => {
        const [message, untouched] = [clusterOf(entries), clusterOf(entries)];
        const bytes = encode(ClusterSchema, message);
        const decoded = fromBinary(ClusterSchema, bytes);
        expect(equals(ClusterSchema, decoded, message)).toBe(true);
        expect(JSON.stringify(message)).toBe(JSON.stringify(untouched));
        expect(encode(ClusterSchema, decoded)).toEqual(bytes);
      }),
    );
  });
});

function objectOf(value: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonObject> {
  return fc.uniqueArray(fc.tuple(keys, value), { selector: ([key]) => key, maxLength: 5 }).map(Object.fromEntries);
}

function reversed<T extends JsonValue>(value: T): T {
  if (Array.isArray(value)) return value.map(reversed) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).reverse().map(([key, each]) => [key, reversed(each)])) as T;
}

function clusterOf(filterMetadata: Record<string, JsonObject>): Cluster {
  return create(ClusterSchema, {
    name: "a",
    metadata: { filterMetadata },
    transportSocketMatches: Object.entries(filterMetadata).filter(([key]) => key === "a").map(([, match]) => ({
      name: "m",
      match,
    })),
  });
}
