import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  DeltaDiscoveryRequestSchema,
  DeltaDiscoveryResponseSchema,
  DiscoveryRequestSchema,
  DiscoveryResponseSchema,
} from "../../gen/envoy/service/discovery/v3/discovery_pb.ts";
import type { DiscoveryServer } from "../../mod.ts";
import { acceptorOf } from "../../src/server/mod.ts";
import { DELTA_PATH, frame, SOTW_PATH } from "./raw-client.ts";

/** How a client responds to a type: it ACKs, it NACKs for a reason, or it says nothing. */
export type Reply = "ack" | "none" | { readonly nack: string };

/** What an {@link InProcessClient} is. */
export interface InProcessOptions {
  /** The id of its node. */
  readonly id: string;
  readonly variant: "sotw" | "delta";
  /** Default: it ACKs everything. */
  readonly replies?: Readonly<Record<string, Reply>>;
  /** Whether it reads responses. Default: true. */
  readonly reads?: boolean;
}

/** A client on an ADS stream without a connection. */
export class InProcessClient {
  readonly #options: InProcessOptions;
  readonly #served: ReturnType<NonNullable<ReturnType<NonNullable<ReturnType<typeof acceptorOf>>>>>;
  readonly #names = new Map<string, readonly string[]>();
  #isFirst = true;

  constructor(server: DiscoveryServer, options: InProcessOptions) {
    this.#options = options;
    const path = options.variant === "sotw" ? SOTW_PATH : DELTA_PATH;
    const client = { peer: "127.0.0.1:1", certificate: undefined, isLocal: true, method: path, headers: new Headers() };
    const nothing = { abort() {}, pause() {}, resume() {}, leave() {}, end() {}, unreadBytes: 0 };
    const transport = { ...nothing, write: (bytes: Uint8Array) => this.#written(bytes) };
    this.#served = acceptorOf(server)!(path)!({ timeout: null, headerSize: { bytes: 9, pairs: 1 }, client, transport });
    this.#served.writable();
  }

  /** Subscribes to names of a type; without any, or with `*`, to all. */
  subscribe(typeUrl: string, names: readonly string[]): void {
    this.#names.set(typeUrl, names);
    this.#send(typeUrl, names, {});
  }

  disconnect(): void {
    this.#served.disconnected();
  }

  #written(bytes: Uint8Array): boolean {
    const { variant, replies = {}, reads = true } = this.#options;
    const schema = variant === "sotw" ? DiscoveryResponseSchema : DeltaDiscoveryResponseSchema;
    const { typeUrl, nonce } = fromBinary(schema, bytes.subarray(5));
    const reply = replies[typeUrl] ?? "ack";
    if (!reads) return true;
    queueMicrotask(() => {
      this.#served.sent();
      if (reply === "none") return;
      this.#send(typeUrl, variant === "sotw" ? this.#names.get(typeUrl)! : [], {
        responseNonce: nonce,
        ...reply !== "ack" && { errorDetail: { code: 3, message: reply.nack } },
      });
    });
    return true;
  }

  #send(typeUrl: string, names: readonly string[], rest: object): void {
    const shared = { typeUrl, ...this.#isFirst && { node: { id: this.#options.id } }, ...rest };
    this.#isFirst = false;
    const message = this.#options.variant === "sotw"
      ? toBinary(DiscoveryRequestSchema, create(DiscoveryRequestSchema, { ...shared, resourceNames: [...names] }))
      : toBinary(
        DeltaDiscoveryRequestSchema,
        create(DeltaDiscoveryRequestSchema, { ...shared, resourceNamesSubscribe: [...names] }),
      );
    this.#served.push(frame(message));
  }
}

/** Lets everything happen that is due. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}
