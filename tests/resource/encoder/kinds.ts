import {
  create,
  createFileRegistry,
  type DescExtension,
  type DescMessage,
  type MessageInitShape,
} from "@bufbuild/protobuf";
import {
  type DescriptorProtoSchema,
  Edition,
  FeatureSet_FieldPresence,
  FeatureSet_MessageEncoding,
  FeatureSet_RepeatedFieldEncoding,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  type FieldDescriptorProtoSchema,
  FieldOptions_JSType,
  file_google_protobuf_struct,
  file_google_protobuf_wrappers,
  type FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";

// Messages with what Envoy's API has not: each scalar type in each position, groups, required fields and defaults of
// proto2, the presence of editions, and extensions.

type FieldInit = Exclude<MessageInitShape<typeof FieldDescriptorProtoSchema>, { $typeName: string }>;
type MessageInit = Exclude<MessageInitShape<typeof DescriptorProtoSchema>, { $typeName: string }>;
type FileInit = Exclude<MessageInitShape<typeof FileDescriptorProtoSchema>, { $typeName: string }>;

/** The scalar types of protobuf. */
const SCALARS = [
  Type.DOUBLE,
  Type.FLOAT,
  Type.INT64,
  Type.UINT64,
  Type.INT32,
  Type.FIXED64,
  Type.FIXED32,
  Type.BOOL,
  Type.STRING,
  Type.BYTES,
  Type.UINT32,
  Type.SFIXED32,
  Type.SFIXED64,
  Type.SINT32,
  Type.SINT64,
];
const NO_KEYS = [Type.DOUBLE, Type.FLOAT, Type.BYTES];
/** A value that is not zero, for defaults; -1 is not unsigned. */
const DEFAULTS: Partial<Record<Type, string>> = { [Type.STRING]: "text", [Type.BYTES]: "bytes", [Type.BOOL]: "true" };

const imports = ["google/protobuf/struct.proto", "google/protobuf/wrappers.proto"];
const files: readonly FileInit[] = [
  file("proto2", {
    syntax: "proto2",
    messageType: [
      { name: "Required", field: [field(1, Type.INT32, { label: Label.REQUIRED }), field(2, Type.STRING)] },
      {
        name: "Kinds",
        field: [
          ...SCALARS.map((type, i) => field(i + 1, type)),
          ...SCALARS.map((type, i) => field(i + 21, type, { defaultValue: DEFAULTS[type] ?? "7" })),
          ...SCALARS.map((type, i) => field(i + 41, type, { label: Label.REPEATED })),
          field(61, Type.MESSAGE, { typeName: ".proto2.Required" }),
          field(62, Type.GROUP, { typeName: ".proto2.Required" }),
          field(63, Type.GROUP, { typeName: ".proto2.Kinds", label: Label.REPEATED }),
          field(64, Type.MESSAGE, { typeName: ".proto2.Kinds" }),
          field(65, Type.ENUM, { typeName: ".proto2.Closed" }),
          field(66, Type.INT64, { options: { jstype: FieldOptions_JSType.JS_STRING } }),
        ],
        extensionRange: [{ start: 100, end: 200 }],
      },
    ],
    extension: [
      { ...field(100, Type.STRING, { label: Label.REPEATED }), name: "texts", extendee: ".proto2.Kinds" },
      { ...field(101, Type.MESSAGE, { typeName: ".proto2.Kinds" }), name: "kinds", extendee: ".proto2.Kinds" },
      { ...field(102, Type.SINT64), name: "number", extendee: ".proto2.Kinds" },
    ],
    enumType: [{ name: "Closed", value: [{ name: "ONE", number: 1 }, { name: "MINUS", number: -1 }] }],
  }),
  file("proto3", {
    syntax: "proto3",
    messageType: [
      {
        name: "Kinds",
        field: [
          ...SCALARS.map((type, i) => field(i + 1, type)),
          ...SCALARS.map((type, i) => field(i + 21, type, { label: Label.REPEATED })),
          ...SCALARS.map((type, i) => field(i + 41, type, { oneofIndex: 0 })),
          field(61, Type.MESSAGE, { typeName: ".proto3.Kinds", oneofIndex: 0 }),
          field(63, Type.MESSAGE, { typeName: ".google.protobuf.UInt32Value", oneofIndex: 0 }),
          field(64, Type.MESSAGE, { typeName: ".google.protobuf.Struct", oneofIndex: 0 }),
          // Between fields of the oneof.
          field(62, Type.MESSAGE, { typeName: ".proto3.Kinds" }),
          field(70, Type.MESSAGE, { typeName: ".proto3.Maps" }),
          field(71, Type.MESSAGE, { typeName: ".proto3.WellKnown", label: Label.REPEATED }),
          field(72, Type.ENUM, { typeName: ".proto3.Open" }),
          field(73, Type.ENUM, { typeName: ".proto3.Open", label: Label.REPEATED }),
          field(2047, Type.STRING),
          field(2048, Type.STRING),
          field(536870911, Type.STRING),
        ],
        oneofDecl: [{ name: "choice" }],
      },
      {
        name: "Maps",
        field: [
          ...SCALARS.filter((type) => !NO_KEYS.includes(type)).map((type, i) => map(i + 1, `Key${type}Entry`)),
          ...SCALARS.map((type, i) => map(i + 21, `Value${type}Entry`)),
          map(41, "MessageEntry"),
          map(42, "StructEntry"),
          map(43, "WrapperEntry"),
          map(44, "EnumEntry"),
        ],
        nestedType: [
          ...SCALARS.filter((type) => !NO_KEYS.includes(type)).map((type) =>
            entry(`Key${type}Entry`, type, Type.STRING)
          ),
          ...SCALARS.map((type) => entry(`Value${type}Entry`, Type.STRING, type)),
          entry("MessageEntry", Type.STRING, ".proto3.Kinds"),
          entry("StructEntry", Type.STRING, ".google.protobuf.Struct"),
          entry("WrapperEntry", Type.INT32, ".google.protobuf.StringValue"),
          {
            name: "EnumEntry",
            field: [
              field(1, Type.BOOL, { name: "key" }),
              field(2, Type.ENUM, { name: "value", typeName: ".proto3.Open" }),
            ],
            options: { mapEntry: true },
          },
        ],
      },
      {
        name: "WellKnown",
        field: ["Double", "Float", "Int64", "UInt64", "Int32", "UInt32", "Bool", "String", "Bytes"].flatMap((
          kind,
          i,
        ) => [
          field(i + 1, Type.MESSAGE, { typeName: `.google.protobuf.${kind}Value` }),
          field(i + 21, Type.MESSAGE, { typeName: `.google.protobuf.${kind}Value`, label: Label.REPEATED }),
        ]).concat([
          field(41, Type.MESSAGE, { typeName: ".google.protobuf.Struct" }),
          field(42, Type.MESSAGE, { typeName: ".google.protobuf.Struct", label: Label.REPEATED }),
          field(43, Type.MESSAGE, { typeName: ".google.protobuf.Value" }),
          field(44, Type.MESSAGE, { typeName: ".google.protobuf.ListValue" }),
        ]),
      },
    ],
    enumType: [{ name: "Open", value: [{ name: "ZERO", number: 0 }, { name: "MINUS", number: -1 }] }],
  }),
  file("editions", {
    syntax: "editions",
    edition: Edition.EDITION_2023,
    messageType: [{
      name: "Kinds",
      field: [
        ...SCALARS.map((type, i) => field(i + 1, type)),
        ...SCALARS.map((type, i) => {
          return field(i + 21, type, { options: { features: { fieldPresence: FeatureSet_FieldPresence.IMPLICIT } } });
        }),
        ...SCALARS.map((type, i) => {
          const features = { repeatedFieldEncoding: FeatureSet_RepeatedFieldEncoding.EXPANDED };
          return field(i + 41, type, { label: Label.REPEATED, options: { features } });
        }),
        field(61, Type.MESSAGE, {
          typeName: ".editions.Kinds",
          options: { features: { messageEncoding: FeatureSet_MessageEncoding.DELIMITED } },
        }),
        field(62, Type.INT32, {
          options: { features: { fieldPresence: FeatureSet_FieldPresence.LEGACY_REQUIRED } },
        }),
      ],
    }],
  }),
];
const wellKnown = [file_google_protobuf_struct.proto, file_google_protobuf_wrappers.proto];
const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: [...wellKnown, ...files] }));

/** The message types. */
export const KINDS: readonly DescMessage[] = files.flatMap(({ package: name, messageType }) => {
  return messageType!.map((each) => registry.getMessage(`${name}.${each.name}`)!);
});

/** Extensions of `proto2.Kinds`. */
export const EXTENSIONS: readonly DescExtension[] = ["texts", "kinds", "number"].map((name) => {
  return registry.getExtension(`proto2.${name}`)!;
});

function file(name: string, init: FileInit): FileInit {
  return { name: `${name}.proto`, package: name, dependency: imports, ...init };
}

function field(number: number, type: Type, rest: FieldInit = {}): FieldInit {
  return { name: `f${number}`, number, type, label: Label.OPTIONAL, ...rest };
}

function map(number: number, entryName: string): FieldInit {
  return field(number, Type.MESSAGE, { label: Label.REPEATED, typeName: `.proto3.Maps.${entryName}` });
}

function entry(name: string, key: Type, value: Type | string): MessageInit {
  const typed = typeof value === "string" ? field(2, Type.MESSAGE, { typeName: value }) : field(2, value);
  return { name, field: [{ ...field(1, key), name: "key" }, { ...typed, name: "value" }], options: { mapEntry: true } };
}
