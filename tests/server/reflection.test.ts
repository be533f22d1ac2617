import { create, createFileRegistry, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { type FileDescriptorProto, FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { Client, type ClientDuplexStream, credentials, status } from "@grpc/grpc-js";
import { expect, it } from "vitest";
import {
  type ServerReflectionRequestSchema as V1Request,
  type ServerReflectionResponse,
  ServerReflectionResponseSchema,
} from "../../gen/grpc/reflection/v1/reflection_pb.ts";
import * as v1 from "../../gen/grpc/reflection/v1/reflection_pb.ts";
import { createDiscoveryServer, type DiscoveryServerOptions, SnapshotCache } from "../../mod.ts";
import { listen } from "../../src/node/mod.ts";
import { v3 } from "../../src/v3/table.ts";

const ADS = "envoy.service.discovery.v3.AggregatedDiscoveryService";

it("reflection is not served unless it is asked for", async () => {
  await using world = await open({ reflection: false });
  expect(await world.stream().ended).toBe("UNIMPLEMENTED");
});

it("reflection lists the services that are served", async () => {
  const discovery = v3.services.map(({ service }) => service.typeName);
  const reflection = ["grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"];
  await using world = await open();
  expect(await services(world)).toEqual([...discovery, ...reflection]);
  await using withHealth = await open({ health: true });
  expect(await services(withHealth)).toEqual([...discovery, "grpc.health.v1.Health", ...reflection]);
});

it.each(["v1", "v1alpha"] as const)("reflection %s gives a service with all that it imports", async (version) => {
  await using world = await open();
  const stream = world.stream(version);
  const files = filesIn(await stream.ask({ case: "fileContainingSymbol", value: ADS }));
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: importsFirst(files) }));
  const methods = registry.getService(ADS)!.methods.map(({ name }) => name);
  expect(methods).toEqual(["StreamAggregatedResources", "DeltaAggregatedResources"]);
});

it("reflection sends a file again only where it is asked for", async () => {
  await using world = await open();
  const stream = world.stream();
  const first = filesIn(await stream.ask({ case: "fileContainingSymbol", value: ADS }));
  expect(new Set(first.map(({ name }) => name)).size).toBe(first.length);
  const again = filesIn(await stream.ask({ case: "fileByFilename", value: first[0]!.name }));
  expect(again).toEqual([first[0]]);
});

it.each(
  [
    ["fileContainingSymbol", "envoy.service.discovery.v3.DiscoveryRequest.type_url", /discovery\.proto$/],
    ["fileContainingSymbol", "envoy.service.discovery.v3.ResourceName.DynamicParameterConstraints", undefined],
    ["fileContainingSymbol", `${ADS}.StreamAggregatedResources`, /ads\.proto$/],
    ["fileContainingSymbol", "envoy.config.cluster.v3.Cluster", /cluster\.proto$/],
    ["fileContainingSymbol", "google.protobuf.Any", /any\.proto$/],
    ["fileByFilename", "google/protobuf/descriptor.proto", /descriptor\.proto$/],
    ["fileContainingSymbol", `${ADS}.Other`, undefined],
    ["fileContainingSymbol", "", undefined],
    ["fileContainingSymbol", ".", undefined],
    ["fileContainingSymbol", "__proto__", undefined],
    ["fileContainingSymbol", "constructor.a", undefined],
    ["fileByFilename", "other.proto", undefined],
  ] as const,
)("reflection finds by %s: %s", async (kind, value, file) => {
  await using world = await open();
  const response = await world.stream().ask({ case: kind, value });
  if (file === undefined) expect(response.messageResponse).toMatchObject({ value: { errorCode: 5 } });
  else expect(filesIn(response)[0]!.name).toMatch(file);
});

it("reflection finds extensions and their numbers", async () => {
  await using world = await open();
  const stream = world.stream();
  const options = "google.protobuf.MethodOptions";
  const numbers = await stream.ask({ case: "allExtensionNumbersOfType", value: options });
  expect(numbers.messageResponse.value).toMatchObject({ extensionNumber: expect.arrayContaining([72295728]) });
  const value = { containingType: options, extensionNumber: 72295728 };
  const found = filesIn(await stream.ask({ case: "fileContainingExtension", value }));
  expect(found[0]!.name).toBe("google/api/annotations.proto");
  const unknown = await stream.ask({ case: "fileContainingExtension", value: { ...value, extensionNumber: 1 } });
  expect(unknown.messageResponse).toMatchObject({ value: { errorCode: 5 } });
});

it("reflection responds to requests in their order, and to all before it ends", async () => {
  await using world = await open();
  const stream = world.stream();
  const symbols = ["envoy.config.listener.v3.Listener", "no.such.Symbol", ADS];
  for (const value of symbols) stream.send({ case: "fileContainingSymbol", value });
  stream.end();
  expect(await stream.ended).toBe("OK");
  expect(stream.responses.map(({ originalRequest }) => originalRequest!.messageRequest.value)).toEqual(symbols);
});

it("reflection reads no more requests than a client reads responses of", async () => {
  await using world = await open();
  const stream = world.stream();
  stream.pause();
  const count = 20_000;
  for (let i = 0; i < count; i++) stream.send({ case: "fileContainingSymbol", value: ADS });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(world.server.status().unsent.bytes).toBeLessThan(1_000_000);
  stream.resume();
  stream.end();
  expect(await stream.ended).toBe("OK");
  expect(stream.responses.length).toBe(count);
});

it("a symbol that no message can have is refused", async () => {
  await using world = await open();
  const stream = world.stream();
  stream.send({ case: "fileContainingSymbol", value: "a.".repeat(2_000) });
  expect(await stream.ended).toBe("INVALID_ARGUMENT");
});

it("a finder of messages that throws is a fault of the server, and the stream continues", async () => {
  const api = {
    ...v3,
    messages() {
      throw new Error("secret");
    },
  };
  await using world = await open({ api });
  const stream = world.stream();
  const response = await stream.ask({ case: "fileContainingSymbol", value: "envoy.config.cluster.v3.Cluster" });
  expect(response.messageResponse).toMatchObject({ value: { errorCode: 13, errorMessage: "Internal error" } });
  expect(filesIn(await stream.ask({ case: "fileContainingSymbol", value: ADS })).length).toBeGreaterThan(1);
  expect(world.errors).toEqual([new Error("secret")]);
});

it("reflection is behind authorize, which is asked once for a stream", async () => {
  const asked: string[] = [];
  await using world = await open({
    authorize({ method, names }) {
      asked.push(`${method} ${names}`);
      return Promise.resolve(!method.includes("v1alpha"));
    },
  });
  const stream = world.stream("v1");
  await stream.ask({ case: "listServices", value: "" });
  await stream.ask({ case: "listServices", value: "" });
  const denied = world.stream("v1alpha");
  denied.send({ case: "listServices", value: "" });
  expect(await denied.ended).toBe("PERMISSION_DENIED");
  expect(asked).toEqual(["v1", "v1alpha"].map((v) => `/grpc.reflection.${v}.ServerReflection/ServerReflectionInfo *`));
});

type Question = NonNullable<MessageInitShape<typeof V1Request>["messageRequest"]>;

async function services(world: Awaited<ReturnType<typeof open>>): Promise<string[]> {
  const { messageResponse: response } = await world.stream().ask({ case: "listServices", value: "" });
  if (response.case !== "listServicesResponse") throw new Error(`unexpected ${response.case}`);
  return response.value.service.map(({ name }) => name);
}

function filesIn({ messageResponse: response }: ServerReflectionResponse): FileDescriptorProto[] {
  if (response.case !== "fileDescriptorResponse") throw new Error(`unexpected ${JSON.stringify(response)}`);
  return response.value.fileDescriptorProto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes));
}

/** The order that a registry needs. */
function importsFirst([first, ...rest]: FileDescriptorProto[]): FileDescriptorProto[] {
  const files = new Map([first!, ...rest].map((file) => [file.name, file]));
  const ordered = new Set<FileDescriptorProto>();
  function add(file: FileDescriptorProto): void {
    for (const name of file.dependency) add(files.get(name)!);
    ordered.add(file);
  }
  add(first!);
  return [...ordered];
}

async function open(options: Partial<DiscoveryServerOptions> = {}) {
  const errors: unknown[] = [];
  const callbacks = { onError: (error: unknown) => void errors.push(error) };
  const cache = new SnapshotCache();
  const server = createDiscoveryServer({ cache, log: false, reflection: true, callbacks, ...options });
  const { port, close } = await listen(server, { port: 0 });
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  return {
    server,
    errors,
    stream: (version = "v1") => {
      const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
      return new ReflectionStream(client.makeBidiStreamRequest(path, Buffer.from, decode));
    },
    async [Symbol.asyncDispose]() {
      client.close();
      await close();
    },
  };
}

function decode(bytes: Uint8Array): ServerReflectionResponse {
  return fromBinary(ServerReflectionResponseSchema, bytes);
}

class ReflectionStream {
  readonly responses: ServerReflectionResponse[] = [];
  readonly ended: Promise<string>;
  readonly #call: ClientDuplexStream<Uint8Array, ServerReflectionResponse>;
  #more = (): void => {};

  constructor(call: ClientDuplexStream<Uint8Array, ServerReflectionResponse>) {
    this.#call = call;
    call.on("data", (response: ServerReflectionResponse) => {
      this.responses.push(response);
      this.#more();
    });
    call.on("error", () => {});
    this.ended = new Promise((resolve) => call.on("status", ({ code }) => resolve(status[code]!)));
  }

  send(messageRequest: Question): void {
    const request = create(v1.ServerReflectionRequestSchema, { messageRequest });
    this.#call.write(toBinary(v1.ServerReflectionRequestSchema, request));
  }

  async ask(messageRequest: Question): Promise<ServerReflectionResponse> {
    const count = this.responses.length + 1;
    this.send(messageRequest);
    while (this.responses.length < count) await new Promise<void>((resolve) => this.#more = resolve);
    return this.responses[count - 1]!;
  }

  pause(): void {
    this.#call.pause();
  }

  resume(): void {
    this.#call.resume();
  }

  end(): void {
    this.#call.end();
  }
}
