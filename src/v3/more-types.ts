import { create, createFileRegistry, type DescFile, type MessageInitShape } from "@bufbuild/protobuf";
import {
  type DescriptorProtoSchema,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  type FieldDescriptorProtoSchema,
  FileDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";

/**
 * Types that Envoy knows and that the package of `.proto` files, from which `gen/` is made, leaves out, since no other
 * message refers to them: they stand in `Any`s. By package, message and field.
 * Source: https://github.com/cncf/xds
 */
const PACKAGES: Readonly<Record<string, Readonly<Record<string, Fields>>>> = {
  "udpa.type.v1": {
    TypedStruct: ["type_url string", "value google.protobuf.Struct"],
  },
  "xds.type.v3": {
    TypedStruct: ["type_url string", "value google.protobuf.Struct"],
    Int64Range: ["start int64", "end int64"],
    Int32Range: ["start int32", "end int32"],
    DoubleRange: ["start double", "end double"],
  },
  "xds.type.matcher.v3": {
    HttpAttributesCelMatchInput: [],
    CelMatcher: ["expr_match xds.type.v3.CelExpression", "description string"],
    IPMatcher: ["range_matchers *xds.type.matcher.v3.IPMatcher.IPRangeMatcher"],
    "IPMatcher.IPRangeMatcher": [
      "ranges *xds.core.v3.CidrRange",
      "on_match xds.type.matcher.v3.Matcher.OnMatch",
      "exclusive bool",
    ],
    ServerNameMatcher: ["domain_matchers *xds.type.matcher.v3.ServerNameMatcher.DomainMatcher"],
    "ServerNameMatcher.DomainMatcher": ["domains *string", "on_match xds.type.matcher.v3.Matcher.OnMatch"],
    Int64RangeMatcher: ["range_matchers *xds.type.matcher.v3.Int64RangeMatcher.RangeMatcher"],
    "Int64RangeMatcher.RangeMatcher": [
      "ranges *xds.type.v3.Int64Range",
      "on_match xds.type.matcher.v3.Matcher.OnMatch",
    ],
    Int32RangeMatcher: ["range_matchers *xds.type.matcher.v3.Int32RangeMatcher.RangeMatcher"],
    "Int32RangeMatcher.RangeMatcher": [
      "ranges *xds.type.v3.Int32Range",
      "on_match xds.type.matcher.v3.Matcher.OnMatch",
    ],
    DoubleRangeMatcher: ["range_matchers *xds.type.matcher.v3.DoubleRangeMatcher.RangeMatcher"],
    "DoubleRangeMatcher.RangeMatcher": [
      "ranges *xds.type.v3.DoubleRange",
      "on_match xds.type.matcher.v3.Matcher.OnMatch",
    ],
  },
};

/** A name and a type each, numbered from 1; `*` marks a list. A type without dots is a scalar. */
type Fields = readonly string[];

/** The full names of those types that are not declared within others. */
export function moreTypeNames(): string[] {
  return Object.entries(PACKAGES).flatMap(([name, messages]) => {
    return Object.keys(messages).filter((each) => !each.includes(".")).map((each) => `${name}.${each}`);
  });
}

/** The files that have these types, each after those that it imports. @param imports - the files of other types in them */
export function moreFiles(imports: readonly DescFile[]): DescFile[] {
  const files = [...imports];
  for (const [name, messages] of Object.entries(PACKAGES)) {
    const proto = create(FileDescriptorProtoSchema, {
      name: `ts-control-plane/${name}.proto`,
      package: name,
      syntax: "proto3",
      dependency: files.map(({ proto }) => proto.name),
      messageType: messagesAt("", messages),
    });
    const registry = createFileRegistry(proto, (imported) => files.find((file) => file.proto.name === imported));
    files.push(registry.getFile(proto.name)!);
  }
  return files.slice(imports.length);
}

type MessageProto = MessageInitShape<typeof DescriptorProtoSchema>;

function messagesAt(outer: string, messages: Readonly<Record<string, Fields>>): MessageProto[] {
  return Object.entries(messages).flatMap(([name, fields]) => {
    const local = name.slice(outer.length);
    if (!name.startsWith(outer) || local.includes(".")) return [];
    return [{ name: local, field: fields.map(fieldOf), nestedType: messagesAt(`${name}.`, messages) }];
  });
}

function fieldOf(text: string, i: number): MessageInitShape<typeof FieldDescriptorProtoSchema> {
  const [name, written] = text.split(" ") as [string, string];
  const type = written.replace("*", "");
  const label = FieldDescriptorProto_Label[written === type ? "OPTIONAL" : "REPEATED"];
  const jsonName = name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const base = { name, jsonName, number: i + 1, label };
  if (type.includes(".")) return { ...base, type: FieldDescriptorProto_Type.MESSAGE, typeName: `.${type}` };
  return { ...base, type: FieldDescriptorProto_Type[type.toUpperCase() as "STRING"] };
}
