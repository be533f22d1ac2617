import assert from "node:assert/strict";
import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  ServerReflectionRequestSchema,
  ServerReflectionResponseSchema,
} from "../../../gen/grpc/reflection/v1/reflection_pb.ts";
import { joined, messagesIn } from "../messages.ts";
import type { Subject, Target } from "../target.ts";
import { CLIENT_STATUSES } from "./messages.ts";
import { frame } from "../../server/raw-client.ts";
import { turns, World } from "./world.ts";

type Request = NonNullable<MessageInitShape<typeof ServerReflectionRequestSchema>["messageRequest"]>;

const REQUESTS: readonly Request[] = [
  { case: "listServices", value: "" },
  { case: "fileContainingSymbol", value: "envoy.service.discovery.v3.AggregatedDiscoveryService" },
  { case: "fileContainingSymbol", value: "envoy.config.cluster.v3.Cluster.name" },
  { case: "fileByFilename", value: "google/protobuf/descriptor.proto" },
  {
    case: "fileContainingExtension",
    value: { containingType: "google.protobuf.MethodOptions", extensionNumber: 72295728 },
  },
  { case: "allExtensionNumbersOfType", value: "google.protobuf.FieldOptions" },
];

const METHODS = [
  "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
  "/grpc.health.v1.Health/Check",
  "/grpc.health.v1.Health/Watch",
  "/grpc.health.v1.Health/List",
];

/** Requests of gRPC's standard services. */
export const SERVICES: Target = {
  name: "services",
  what: "messages of gRPC's reflection and health services; the first byte is the method",
  seeds: [
    Uint8Array.of(
      0,
      ...joined(REQUESTS.map((messageRequest) => {
        const request = create(ServerReflectionRequestSchema, { host: "h", messageRequest });
        return toBinary(ServerReflectionRequestSchema, request);
      })),
    ),
    Uint8Array.of(1, 0, 0),
    Uint8Array.of(2, 0, 3, 10, 1, 97),
    Uint8Array.of(3, 0, 0),
  ],
  words: [
    "envoy.",
    "google.protobuf.Any",
    ".",
    "__proto__",
    "constructor",
    "\x22",
    "\x1a",
    "\x2a\x02\x10\x01",
    "grpc.health.v1.Health",
  ],
  messagesAt: 1,
  open: () => new StandardServices(),
};

class StandardServices implements Subject {
  readonly #world = new World({ health: true, reflection: true });

  async run(input: Uint8Array): Promise<void> {
    const method = METHODS[(input[0] ?? 0) % METHODS.length]!;
    const [client, stream] = this.#world.open(method);
    for (const message of messagesIn(input.subarray(1))) {
      stream.push(frame(message));
      await turns(1);
      if (method !== METHODS[0]) continue;
      for (const response of client.responses.splice(0)) {
        const { messageResponse } = fromBinary(ServerReflectionResponseSchema, response);
        assert.notEqual(messageResponse.case, undefined);
      }
    }
    if (!stream.ended) stream.disconnected();
    assert.ok(
      client.status === "1" || client.status === "5" || CLIENT_STATUSES.has(client.status!),
      `unexpected status ${client.status}`,
    );
  }

  check(): Promise<void> {
    return this.#world.check();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#world[Symbol.dispose]();
  }
}
