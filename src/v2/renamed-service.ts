import { create, createFileRegistry, type DescFile, type DescService } from "@bufbuild/protobuf";
import {
  FileDescriptorProtoSchema,
  MethodDescriptorProtoSchema,
  ServiceDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";

/** A service with the methods and messages of another one, under a name of its own. */
export function renamedService(service: DescService, typeName: string): DescService {
  const dot = typeName.lastIndexOf(".");
  const methods = service.methods.map(({ name, input, output, proto }) =>
    create(MethodDescriptorProtoSchema, {
      name,
      inputType: `.${input.typeName}`,
      outputType: `.${output.typeName}`,
      clientStreaming: proto.clientStreaming,
      serverStreaming: proto.serverStreaming,
    })
  );
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
