import {
  create,
  type DescExtension,
  type DescField,
  type DescFile,
  type MessageInitShape,
  toBinary,
} from "@bufbuild/protobuf";
import { fileDesc as fileDescOfLibrary, type GenFile } from "@bufbuild/protobuf/codegenv2";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { base64Encode } from "@bufbuild/protobuf/wire";
import * as wkt from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import { ClusterSchema } from "../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { ConfigSourceSchema } from "../../gen/envoy/config/core/v3/config_source_pb.ts";
import { DESCRIPTORS } from "../../gen/descriptors.ts";
import { fileDesc } from "../../gen/file-desc.ts";

describe("fileDesc()", () => {
  it("makes the descriptors that @bufbuild/protobuf makes, of all files of the API", () => {
    const [ours, theirs] = [allFiles(fileDesc), allFiles(fileDescOfLibrary)];
    expect(ours.size).toBeGreaterThan(500);
    for (const [name, file] of ours) expect(partsOf(file), name).toEqual(partsOf(theirs.get(name)!));
  });

  it("refers to the files that are imported, and to their types", () => {
    const { file } = ConfigSourceSchema;
    expect(ClusterSchema.file.dependencies.find(({ name }) => name === file.name)).toBe(file);
    expect(ClusterSchema.file.dependencies).toHaveLength(ClusterSchema.file.proto.dependency.length);
    expect(ClusterSchema.field.edsClusterConfig.message?.field["edsConfig"]?.message).toBe(ConfigSourceSchema);
  });

  it("finds types of files that an imported file imports publicly", () => {
    const [ours, theirs] = [fileDesc, fileDescOfLibrary].map((make) => {
      const inner = make(encoded({ name: "inner.proto", messageType: [{ name: "Inner" }] }), []);
      const middle = make(encoded({ name: "middle.proto", publicDependency: [0] }), [inner]);
      const field = { name: "inner", number: 1, type: wkt.FieldDescriptorProto_Type.MESSAGE, typeName: ".Inner" };
      return make(encoded({ name: "outer.proto", messageType: [{ name: "Outer", field: [field] }] }), [middle]);
    });
    expect(ours!.messages[0]!.fields[0]!.message!.typeName).toBe("Inner");
    expect(partsOf(ours!)).toEqual(partsOf(theirs!));
  });
});

function encoded(init: MessageInitShape<typeof wkt.FileDescriptorProtoSchema>): string {
  return base64Encode(toBinary(wkt.FileDescriptorProtoSchema, create(wkt.FileDescriptorProtoSchema, init)));
}

function allFiles(make: typeof fileDescOfLibrary): ReadonlyMap<string, DescFile> {
  const own = Object.entries(wkt).filter(([name]) => name.startsWith("file_"));
  const made = new Map<string, GenFile>(own as [string, GenFile][]);
  const fileOf = (name: string): GenFile => {
    let file = made.get(name);
    if (file === undefined) {
      const [, , imports, base64] = DESCRIPTORS[name]!;
      made.set(name, file = make(base64, imports === "" ? [] : imports.split(" ").map(fileOf)));
    }
    return file;
  };
  return new Map(Object.keys(DESCRIPTORS).map((name) => [name, fileOf(name)]));
}

/** What a descriptor refers to, and the texts of the rest, as plain data that can be compared. */
function partsOf(file: DescFile): unknown {
  const types = [...nestedTypes(file)].map((type) => {
    switch (type.kind) {
      case "message":
        return [String(type), type.fields.map(partsOfField), type.oneofs.map(String), type.members.map(String)];
      case "service":
        return [String(type), type.methods.map(({ name, input, output }) => [name, String(input), String(output)])];
      case "extension":
        return [String(type), String(type.extendee), partsOfField(type)];
      default:
        return [String(type), type.open, type.values.map(String)];
    }
  });
  const proto = toBinary(wkt.FileDescriptorProtoSchema, file.proto);
  return { name: file.name, dependencies: file.dependencies.map(String), proto: proto.join(), types };
}

function partsOfField(field: DescField | DescExtension): unknown {
  const { message, enum: values, ...rest } = field as unknown as Record<string, unknown>;
  const plain = Object.entries(rest).filter(([, value]) => typeof value !== "object" && typeof value !== "function");
  return [String(field), plain, String(message), String(values)];
}
