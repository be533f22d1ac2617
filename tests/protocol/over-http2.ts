import { create, type DescMessage, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Client, type ClientDuplexStream, credentials, Metadata, status } from "@grpc/grpc-js";
import {
  DeltaDiscoveryRequestSchema,
  DeltaDiscoveryResponseSchema,
  DiscoveryRequestSchema,
  DiscoveryResponseSchema,
} from "../../gen/envoy/service/discovery/v3/discovery_pb.ts";
import { createDiscoveryServer, type DiscoveryCallbacks, LinearCache, MuxCache, rawResource } from "../../mod.ts";
import { listen } from "../../src/node/mod.ts";
import { RUNTIME_TYPE, v3 } from "../../src/v3/mod.ts";
import type { Connect, Peer, Response } from "./run-transcript.ts";
import { ALL_TYPES, type Transcript } from "./transcript.ts";

/** A real server on HTTP/2, and grpc-js as the client. */
export const overHttp2: Connect = async (transcript, snapshots, callbacks) => {
  const fences = new LinearCache(RUNTIME_TYPE, { resources: FENCES });
  const cache = new MuxCache({ [RUNTIME_TYPE]: fences }, { otherwise: snapshots });
  const { holdBackMs, isolate = true } = transcript;
  const server = createDiscoveryServer({
    cache,
    callbacks: withoutFences(callbacks),
    log: false,
    isolate,
    ...holdBackMs && { holdBackMs },
  });
  const listener = await listen(server, { port: 0 });
  const client = new Client(`127.0.0.1:${listener.port}`, credentials.createInsecure());
  const peer = new GrpcPeer(client, transcript);
  return {
    send: (request) => peer.send(request),
    next: () => peer.next(),
    settle: () => peer.settle(),
    rest: () => peer.rest(),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    ended: () => peer.ended,
    async close() {
      peer.cancel();
      client.close();
      // Streams end when their clients disconnect, and their watches with them.
      while ([...server.streams].length > 0) await new Promise((resolve) => setTimeout(resolve, 1));
      await listener.close();
    },
  };
};

/**
 * Resources of a type that no transcript uses. The server responds to a subscription to one of them after all responses
 * that were due before, so that no test has to wait for a time to see that no response follows.
 */
export const FENCES = Array.from({ length: 100 }, (_, i) => rawResource(RUNTIME_TYPE, `${i}`, new Uint8Array()));

export class GrpcPeer implements Omit<Peer, "wait" | "ended" | "close"> {
  readonly ended: Promise<string>;
  readonly #delta: boolean;
  readonly #call: ClientDuplexStream<Uint8Array, Response>;
  readonly #received: Response[] = [];
  #fence = { count: 0, nonce: "", passed: () => {} };
  #wake = (): void => {};
  #over = false;
  #sent = false;

  constructor(client: Client, transcript: Transcript) {
    this.#delta = transcript.variant === "delta";
    const schema = this.#delta ? DeltaDiscoveryResponseSchema : DiscoveryResponseSchema;
    const decode = (bytes: Uint8Array) => fromBinary<DescMessage>(schema, bytes) as Response;
    this.#call = client.makeBidiStreamRequest(pathOf(transcript), Buffer.from, decode, new Metadata());
    this.#call.on("data", (response: Response) => this.#receive(response));
    this.ended = new Promise((resolve) => {
      this.#call.on("error", () => {});
      this.#call.on("status", ({ code }) => {
        this.#over = true;
        this.#fence.passed();
        this.#wake();
        resolve(status[code]!.toLowerCase());
      });
    });
  }

  send(request: Uint8Array): void {
    this.#sent = true;
    this.#call.write(request);
  }

  async next(): Promise<Response | undefined> {
    while (this.#received.length === 0 && !this.#over) await new Promise<void>((resolve) => this.#wake = resolve);
    return this.#received.shift();
  }

  async settle(): Promise<void> {
    if (!this.#sent || this.#over) return;
    const passed = new Promise<void>((resolve) => this.#fence.passed = resolve);
    this.#call.write(this.#fenceRequest());
    await passed;
  }

  async rest(): Promise<Response | undefined> {
    await this.settle();
    return this.#received.shift();
  }

  cancel(): void {
    this.#call.cancel();
  }

  #receive(response: Response): void {
    if (response.typeUrl === RUNTIME_TYPE) {
      this.#fence.nonce = response.nonce;
      this.#fence.passed();
    } else {
      this.#received.push(response);
      this.#wake();
    }
  }

  #fenceRequest(): Uint8Array {
    const name = `${this.#fence.count++}`;
    const common = { typeUrl: RUNTIME_TYPE, responseNonce: this.#fence.nonce };
    return this.#delta
      ? toBinary(
        DeltaDiscoveryRequestSchema,
        create(DeltaDiscoveryRequestSchema, { ...common, resourceNamesSubscribe: [name] }),
      )
      : toBinary(DiscoveryRequestSchema, create(DiscoveryRequestSchema, { ...common, resourceNames: [name] }));
  }
}

export function pathOf({ variant, service }: Transcript): string {
  const row = v3.services.find(({ typeUrl }) => typeUrl === (service && ALL_TYPES[service]))!;
  const input = variant === "delta" ? "DeltaDiscoveryRequest" : "DiscoveryRequest";
  const method = row.service.methods.find(({ methodKind, input: { name } }) => {
    return methodKind === "bidi_streaming" && name === input;
  })!;
  return `/${row.service.typeName}/${method.name}`;
}

function withoutFences({ onAck, onNack }: DiscoveryCallbacks): DiscoveryCallbacks {
  return {
    onAck: (stream, ack) => ack.typeUrl === RUNTIME_TYPE ? undefined : onAck?.(stream, ack),
    onNack: (stream, nack) => onNack?.(stream, nack),
  };
}
