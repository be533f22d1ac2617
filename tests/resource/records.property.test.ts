import { create, toBinary } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  DeltaDiscoveryResponseSchema,
  DiscoveryResponseSchema,
  type Resource as Wrapper,
  ResourceSchema,
} from "../../gen/envoy/service/discovery/v3/discovery_pb.ts";
import { rawResource, type Resource } from "../../mod.ts";
import { deltaRecordWithoutTtl, heartbeatRecord, unknownRecord } from "../../src/resource/mod.ts";

const texts = fc.oneof(fc.string({ unit: "binary", minLength: 1 }), fc.constantFrom("x".repeat(200), "é".repeat(9000)));
const resources = fc.record({
  typeUrl: texts.map((text) => `types/${text}`),
  name: texts,
  bytes: fc.oneof(fc.uint8Array(), fc.constantFrom(new Uint8Array(20_000), new Uint8Array(2_000_000))),
  version: fc.option(texts, { nil: undefined }),
  ttlMs: fc.option(fc.constantFrom(0.5, 1, 999, 1000, 15_250, 999.9999999, 2 ** 40, 2 ** 52), { nil: undefined }),
  aliases: fc.array(texts, { maxLength: 3 }),
}).map(({ typeUrl, name, bytes, version, ttlMs, aliases }) => {
  const options = { ...version !== undefined && { version }, ...ttlMs !== undefined && { ttlMs }, aliases };
  return rawResource(typeUrl, name, bytes, options);
});

describe("the records of a resource", () => {
  it("are those that the library writes", () => {
    fc.assert(fc.property(resources, (resource) => {
      const { typeUrl, bytes, deltaRecord, anyRecord, wrappedRecord } = resource;
      const wrapper = wrapperOf(resource);
      expect(same(deltaRecord, delta(wrapper))).toBe(true);
      expect(same(anyRecord, sotw({ typeUrl, value: bytes }))).toBe(true);
      expect(same(wrappedRecord, sotw(anyPack(ResourceSchema, wrapper)))).toBe(true);
    }));
  });

  it("have no ttl, no content, or neither, where the client is not to have it", () => {
    fc.assert(fc.property(resources, (resource) => {
      const { resource: _, ...heartbeat } = wrapperOf(resource);
      const { ttl: __, ...withoutTtl } = wrapperOf(resource);
      expect(same(heartbeatRecord(resource), delta(heartbeat))).toBe(true);
      expect(same(deltaRecordWithoutTtl(resource), delta(withoutTtl))).toBe(true);
      expect(unknownRecord(resource.name)).toEqual(delta({ name: resource.name, aliases: [resource.name] }));
    }));
  });

  it("share the memory of one, with the bytes", () => {
    const resource = rawResource("types/a", "a", Uint8Array.of(1, 2, 3));
    const { buffer } = resource.deltaRecord;
    expect([resource.anyRecord.buffer, resource.bytes.buffer].every((each) => each === buffer)).toBe(true);
    expect(resource.bytes).toEqual(Uint8Array.of(1, 2, 3));
  });
});

describe("the version of a resource", () => {
  it("S1 differs with the content, the ttl and the aliases, and not with the name", () => {
    const versions = [
      rawResource("types/a", "a", Uint8Array.of(1)),
      rawResource("types/a", "a", Uint8Array.of(2)),
      rawResource("types/a", "a", Uint8Array.of(1), { ttlMs: 1 }),
      rawResource("types/a", "a", Uint8Array.of(1), { ttlMs: 2 }),
      rawResource("types/a", "a", Uint8Array.of(1), { aliases: ["b"] }),
      rawResource("types/a", "a", Uint8Array.of(1), { aliases: ["b", "c"] }),
    ].map(({ version }) => version);
    expect(new Set(versions).size).toBe(versions.length);
    expect(rawResource("types/a", "another", Uint8Array.of(1)).version).toBe(versions[0]);
  });
});

function wrapperOf({ typeUrl, name, version, bytes, ttlMs, aliases }: Resource): Wrapper {
  const ttl = ttlMs === undefined ? {} : {
    ttl: ttlMs === 999.9999999
      ? { seconds: 1n }
      : { seconds: BigInt(Math.floor(ttlMs / 1000)), nanos: Math.round((ttlMs % 1000) * 1e6) },
  };
  const fields = { name, version, aliases: [...aliases], resource: { typeUrl, value: bytes }, ...ttl };
  return create(ResourceSchema, fields);
}

function delta(wrapper: Omit<Partial<Wrapper>, "$typeName">): Uint8Array {
  const { name = "", version = "", aliases = [], resource, ttl } = wrapper;
  const fields = { name, version, aliases, ...resource && { resource }, ...ttl && { ttl } };
  return toBinary(DeltaDiscoveryResponseSchema, create(DeltaDiscoveryResponseSchema, { resources: [fields] }));
}

function sotw(any: { typeUrl: string; value: Uint8Array }): Uint8Array {
  const { typeUrl, value } = any;
  return toBinary(DiscoveryResponseSchema, create(DiscoveryResponseSchema, { resources: [{ typeUrl, value }] }));
}

/** Quicker than `toEqual` for millions of bytes. */
function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
