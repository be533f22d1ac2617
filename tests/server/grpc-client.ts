import { create, type DescMessage, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { Client, type ClientDuplexStream, credentials, status } from "@grpc/grpc-js";
import {
  type DeltaDiscoveryRequestSchema,
  type DeltaDiscoveryResponse,
  DeltaDiscoveryResponseSchema,
  type DiscoveryRequestSchema,
  type DiscoveryResponse,
  DiscoveryResponseSchema,
} from "../../gen/envoy/service/discovery/v3/discovery_pb.ts";
import * as discovery from "../../gen/envoy/service/discovery/v3/discovery_pb.ts";

/** The gRPC client of grpc-js, on a connection of its own. */
export class GrpcClient implements Disposable {
  readonly client: Client;

  constructor(port: number) {
    // Channels to one address would share a connection.
    this.client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
      "grpc.use_local_subchannel_pool": 1,
    });
  }

  sotw(path: string): GrpcStream<typeof DiscoveryRequestSchema, DiscoveryResponse> {
    return new GrpcStream(this.client, path, discovery.DiscoveryRequestSchema, DiscoveryResponseSchema);
  }

  delta(path: string): GrpcStream<typeof DeltaDiscoveryRequestSchema, DeltaDiscoveryResponse> {
    return new GrpcStream(this.client, path, discovery.DeltaDiscoveryRequestSchema, DeltaDiscoveryResponseSchema);
  }

  [Symbol.dispose](): void {
    this.client.close();
  }
}

export const ADS_SOTW = "/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources";
export const ADS_DELTA = "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources";

export class GrpcStream<D extends DescMessage, R extends { readonly nonce: string }> {
  /** The name of the status with which the stream ended, and its text. */
  readonly ended: Promise<readonly [code: string, details: string]>;
  readonly #input: D;
  readonly #call: ClientDuplexStream<Uint8Array, R>;
  readonly #received: R[] = [];
  #isOver = false;
  #more = (): void => {};

  constructor(client: Client, path: string, input: D, output: DescMessage) {
    this.#input = input;
    const decode = (bytes: Uint8Array) => fromBinary(output, bytes) as unknown as R;
    this.#call = client.makeBidiStreamRequest(path, Buffer.from, decode);
    this.#call.on("data", (response: R) => {
      this.#received.push(response);
      this.#more();
    });
    this.#call.on("error", () => {});
    this.ended = new Promise((resolve) => {
      this.#call.on("status", ({ code, details }) => {
        this.#isOver = true;
        this.#more();
        resolve([status[code]!, details]);
      });
    });
  }

  send(request: MessageInitShape<D>): void {
    this.#call.write(toBinary(this.#input, create(this.#input, request)));
  }

  /** Sends bytes that need not be a request. */
  sendBytes(bytes: Uint8Array): void {
    this.#call.write(bytes);
  }

  /** The next response. It fails if the stream ends first. */
  async next(): Promise<R> {
    while (this.#received.length === 0) {
      if (this.#isOver) throw new Error(`the stream has ended: ${(await this.ended).join(" ")}`);
      await new Promise<void>((resolve) => this.#more = resolve);
    }
    return this.#received.shift()!;
  }

  /** Stops reading: the server can write until the windows of HTTP/2 are full. */
  pause(): void {
    this.#call.pause();
  }

  resume(): void {
    this.#call.resume();
  }

  /** Half-closes the stream. */
  end(): void {
    this.#call.end();
  }

  cancel(): void {
    this.#call.cancel();
  }
}
