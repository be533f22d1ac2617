import {
  create,
  createFileRegistry,
  type DescFile,
  type DescMethod,
  type DescService,
  getOption,
  hasOption,
  setExtension,
} from "@bufbuild/protobuf";
import {
  FileDescriptorProtoSchema,
  MethodDescriptorProtoSchema,
  type MethodOptions,
  MethodOptionsSchema,
  ServiceDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";
import { http } from "../../gen/google/api/annotations_pb.ts";

/**
 * A service of v2: the methods and messages of one of v3 under another name. Its REST paths begin with `/v2/` instead of
 * `/v3/`.
 */
export function renamedService(service: DescService, typeName: string): DescService {
  const dot = typeName.lastIndexOf(".");
  const methods = service.methods.map((method) => {
    const { name, input, output, proto } = method;
    const options = optionsOf(method);
    return create(MethodDescriptorProtoSchema, {
      name,
      inputType: `.${input.typeName}`,
      outputType: `.${output.typeName}`,
      clientStreaming: proto.clientStreaming,
      serverStreaming: proto.serverStreaming,
      ...options && { options },
    });
  });
  const files = new Map<string, DescFile>();
  for (const { input, output } of service.methods) {
    for (const { file } of [input, output]) files.set(file.proto.name, file);
  }
  const file = create(FileDescriptorProtoSchema, {
    name: `${typeName.replaceAll(".", "/")}.proto`,
    package: typeName.slice(0, dot),
    syntax: "proto3",
    dependency: [...files.keys()],
    service: [create(ServiceDescriptorProtoSchema, { name: typeName.slice(dot + 1), method: methods })],
  });
  return createFileRegistry(file, (name) => files.get(name)).getService(typeName)!;
}

function optionsOf(method: DescMethod): MethodOptions | undefined {
  if (!hasOption(method, http)) return undefined;
  const rule = getOption(method, http);
  const { pattern } = rule;
  if (pattern.case !== "post") return undefined;
  const options = create(MethodOptionsSchema);
  const value = pattern.value.replace(/^\/v3\//, "/v2/");
  setExtension(options, http, { ...rule, pattern: { case: "post", value } });
  return options;
}
