import { fromBinary } from "@bufbuild/protobuf";
import {
  DeltaDiscoveryResponseSchema,
  DiscoveryResponseSchema,
} from "../../gen/envoy/service/discovery/v3/discovery_pb.ts";
import type { DiscoveryServer } from "../../mod.ts";
import { acceptorOf, type ServedStream, type StreamTransport } from "../../src/server/mod.ts";
import { encodeRequest } from "../../src/testing/fake-request.ts";
import { CLUSTER_TYPE, ENDPOINT_TYPE } from "../../src/v3/mod.ts";
import { ADS_DELTA, ADS_SOTW } from "../server/grpc-client.ts";
import type { Failpoints } from "./failpoints.ts";

/** What a client is, and what fails on its stream. */
export interface ClientOptions {
  readonly node: string;
  readonly variant: "sotw" | "delta";
  /** Undefined for a client whose transport does not fail. */
  readonly failpoints: Failpoints | undefined;
}

/** A client and its transport, in memory: it ACKs each response, and holds the version of each resource. */
export class Client {
  readonly node: string;
  /** The versions of resources, by type and name. */
  readonly held = new Map<string, string>();
  /** The status that its stream ended with; undefined while it is open, `lost` where the connection was. */
  status: string | undefined = undefined;
  readonly #options: ClientOptions;
  readonly #server: DiscoveryServer;
  #stream: ServedStream | undefined = undefined;
  #isLost = false;

  constructor(server: DiscoveryServer, options: ClientOptions) {
    this.#server = server;
    this.#options = options;
    this.node = options.node;
    this.connect();
  }

  /** Opens a stream, and subscribes to all clusters and to the endpoints of one. */
  connect(): void {
    this.held.clear();
    this.status = undefined;
    this.#isLost = false;
    const path = this.#options.variant === "delta" ? ADS_DELTA : ADS_SOTW;
    const client = { peer: undefined, certificate: undefined, isLocal: true, method: path, headers: new Headers() };
    const stream = acceptorOf(this.#server)!(path)!({
      transport: this.#transport(),
      timeout: null,
      headerSize: { bytes: 100, pairs: 5 },
      client,
    });
    this.#stream = stream;
    if (stream.ended) return;
    stream.writable();
    this.#send({ node: { id: this.node }, typeUrl: CLUSTER_TYPE });
    this.subscribe("a");
  }

  /** Subscribes to endpoints: in SotW these are all. */
  subscribe(...names: string[]): void {
    if (this.status !== undefined) return;
    const fields = this.#options.variant === "delta" ? { resourceNamesSubscribe: names } : { resourceNames: names };
    this.#send({ typeUrl: ENDPOINT_TYPE, ...fields });
  }

  /** Sends a message that ends the stream. */
  sendGarbage(): void {
    if (this.status === undefined) this.#stream!.push(Uint8Array.of(0, 0, 0, 0, 1, 0xff));
  }

  /** The connection is lost. */
  drop(): void {
    this.#isLost = true;
    this.status ??= "lost";
    this.#stream?.disconnected();
  }

  #transport(): StreamTransport {
    const { failpoints } = this.#options;
    const drop = (): void => this.drop();
    return {
      write: (frame) =>
        failpoints === undefined ? this.#write(frame) : failpoints.around("write", drop, () => this.#write(frame)),
      end: (trailer) => {
        const end = (): void => void (this.status ??= trailer.get("grpc-status") ?? "");
        return failpoints === undefined ? end() : failpoints.around("end", drop, end);
      },
      abort: drop,
      pause: () => {},
      resume: () => {},
      leave() {},
      unreadBytes: 0,
    };
  }

  /** What is on its way when the connection is lost does not arrive. */
  #write(frame: Uint8Array): boolean {
    const stream = this.#stream;
    setImmediate(() => {
      if (this.#isLost || stream !== this.#stream) return;
      this.#stream!.sent();
      this.#receive(frame.subarray(5));
      this.#stream!.writable();
    });
    return false;
  }

  #receive(message: Uint8Array): void {
    if (this.#options.variant === "delta") {
      const { typeUrl, nonce, resources, removedResources } = fromBinary(DeltaDiscoveryResponseSchema, message);
      for (const { name, version } of resources) this.held.set(`${typeUrl} ${name}`, version);
      for (const name of removedResources) this.held.delete(`${typeUrl} ${name}`);
      if (this.status === undefined) this.#send({ typeUrl, responseNonce: nonce });
    } else {
      const { typeUrl, nonce, resources, versionInfo } = fromBinary(DiscoveryResponseSchema, message);
      for (const { value } of resources) this.held.set(`${typeUrl} ${nameIn(value)}`, versionInfo);
      const names = typeUrl === ENDPOINT_TYPE ? { resourceNames: ["a", "b"] } : {};
      if (this.status === undefined) this.#send({ typeUrl, versionInfo, responseNonce: nonce, ...names });
    }
  }

  #send(fields: object): void {
    const message = encodeRequest(this.#options.variant, fields);
    const frame = new Uint8Array(5 + message.length);
    new DataView(frame.buffer).setUint32(1, message.length);
    frame.set(message, 5);
    this.#stream!.push(frame);
  }
}

/** Clusters have their name in field 1, and so have endpoints. */
function nameIn(value: Uint8Array): string {
  return new TextDecoder().decode(value.subarray(2, 2 + value[1]!));
}
