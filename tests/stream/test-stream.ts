import type { MessageInitShape } from "@bufbuild/protobuf";
import type {
  DeltaDiscoveryRequestSchema,
  DiscoveryRequestSchema,
} from "../../gen/envoy/service/discovery/v3/discovery_pb.ts";
import type { NodeSchema } from "../../gen/envoy/config/core/v3/base_pb.ts";
import {
  DEFAULT_STREAM_LIMITS,
  DiscoveryStream,
  type DiscoveryStreamOptions,
  type OutgoingResponse,
  ResponseFactory,
} from "../../src/stream/mod.ts";
import { encodeRequest } from "../../src/testing/fake-request.ts";
import { v3 } from "../../src/v3/mod.ts";
import { ALL_TYPES, type AnyType } from "../protocol/transcript.ts";

type Options = Pick<DiscoveryStreamOptions, "variant" | "cache"> & Partial<DiscoveryStreamOptions>;
type Fields = MessageInitShape<typeof DiscoveryRequestSchema> & MessageInitShape<typeof DeltaDiscoveryRequestSchema>;

/** One stream of the server, with requests that are encoded on the way in. */
export class TestStream {
  readonly stream: DiscoveryStream;
  readonly #options: Options;
  readonly #node: MessageInitShape<typeof NodeSchema>;
  #isFirst = true;

  /** @param node - how its client describes itself */
  constructor(options: Options, node: MessageInitShape<typeof NodeSchema> = {}) {
    this.#options = options;
    this.#node = { id: "node", userAgentName: "envoy", ...node };
    this.stream = new DiscoveryStream({
      id: 1,
      api: v3,
      typeUrl: undefined,
      responses: new ResponseFactory({ identifier: "" }),
      callbacks: {},
      limits: DEFAULT_STREAM_LIMITS,
      holdBackMs: 1_000,
      wake() {},
      ...options,
    });
  }

  next(now = 0): OutgoingResponse | undefined {
    return this.stream.next(now);
  }

  /** Sends a request; the first one has a node, which can read a ttl. */
  request(type: AnyType, fields: Fields = {}): void {
    const node = this.#isFirst ? { node: this.#node } : {};
    this.#isFirst = false;
    this.stream.receive(encodeRequest(this.#options.variant, { ...node, typeUrl: ALL_TYPES[type], ...fields }));
  }

  /** Subscribes to names, which are all of the type's. */
  subscribe(type: AnyType, ...names: string[]): void {
    this.request(type, this.#options.variant === "sotw" ? { resourceNames: names } : { resourceNamesSubscribe: names });
  }

  /** ACKs a response. @param names - SotW: all names of the type */
  ack({ typeUrl, nonce }: OutgoingResponse, ...names: string[]): void {
    this.request("CDS", { typeUrl, responseNonce: nonce, resourceNames: names });
  }

  /** NACKs a response. @param names - SotW: all names of the type */
  nack(response: OutgoingResponse, ...names: string[]): void {
    this.nackFor("no", response, ...names);
  }

  /** NACKs a response for a reason. @param names - SotW: all names of the type */
  nackFor(message: string, { typeUrl, nonce }: OutgoingResponse, ...names: string[]): void {
    this.request("CDS", { typeUrl, responseNonce: nonce, resourceNames: names, errorDetail: { code: 3, message } });
  }
}
