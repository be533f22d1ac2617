import { describe, expect, it } from "vitest";
import { AnySchema } from "@bufbuild/protobuf/wkt";
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
    expect([...knownTypeNames()]).toEqual(expect.arrayContaining(names));
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

  it("finds no type that the API does not have, nor a property of an object", () => {
    expect(knownType("envoy.config.cluster.v3.Clutser")).toBe(undefined);
    expect(knownType("constructor")).toBe(undefined);
  });
});
