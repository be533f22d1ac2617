import { describe, expect, it } from "vitest";
import { AnySchema, StructSchema } from "@bufbuild/protobuf/wkt";
import { toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { ClusterSchema } from "../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { PACKAGES } from "../../gen/packages.ts";
import { knownType, knownTypeNames } from "../../src/v3/known-types.ts";

describe("knownType()", () => {
  it("finds every message of the generated modules", async () => {
    const modules = await Promise.all(Object.values(PACKAGES).flatMap((load) => load()));
    const names = modules.flatMap((module) => Object.values(module))
      .filter((value) => value?.kind === "message").map(({ typeName }) => typeName);
    expect(names.length).toBeGreaterThan(1_000);
    expect(names.filter((name) => knownType(name)?.typeName !== name)).toEqual([]);
    const outermost = names.filter((name) => knownType(name)!.parent === undefined);
    expect([...knownTypeNames()]).toEqual(expect.arrayContaining(outermost));
  });

  it("decodes the same descriptor as the module has", () => {
    const [ours, theirs] = [knownType(ClusterSchema.typeName)!, ClusterSchema].map(({ file }) => {
      return toBinary(FileDescriptorProtoSchema, file.proto);
    });
    expect(ours).toEqual(theirs);
  });

  it("finds the types of protobuf itself, and they are those of its package", () => {
    expect(knownType("google.protobuf.Any")).toBe(AnySchema);
  });

  it("finds types that Envoy has and gen/ has not", () => {
    const struct = knownType("xds.type.v3.TypedStruct")!;
    expect(struct.fields.map(({ name, number }) => [name, number])).toEqual([["type_url", 1], ["value", 2]]);
    expect(struct.field.value?.message).toBe(StructSchema);
    expect(knownType("udpa.type.v1.TypedStruct")?.fields).toHaveLength(2);
    expect(knownType("xds.type.matcher.v3.CelMatcher")?.field.exprMatch?.message?.typeName)
      .toBe("xds.type.v3.CelExpression");
    expect(knownType("xds.type.matcher.v3.IPMatcher")?.field.rangeMatchers?.message?.field.onMatch?.message)
      .toBe(knownType("xds.type.matcher.v3.Matcher.OnMatch"));
  });

  it("finds no type that the API does not have, nor a property of an object", () => {
    expect(knownType("envoy.config.cluster.v3.Clutser")).toBe(undefined);
    expect(knownType("constructor")).toBe(undefined);
  });
});
