import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  DeltaDiscoveryRequestSchema,
  DeltaDiscoveryResponseSchema,
  DiscoveryRequestSchema,
  DiscoveryResponseSchema,
} from "../../gen/envoy/service/discovery/v3/discovery_pb.ts";
import type { DiscoveryServer } from "../../mod.ts";
import { acceptorOf } from "../../src/server/mod.ts";
import { DELTA_PATH, frame, SOTW_PATH } from "../server/raw-client.ts";

/** What a client is. */
export interface ClientOptions {
  /** The id of its node, and its address. */
  readonly id: string;
  readonly variant: "sotw" | "delta";
  /** Whether it rejects its second response. Default: false. */
  readonly nacks?: boolean;
}

/** A client that ACKs what it receives, on a stream without a connection. */
export class Client {
  readonly versions: string[] = [];
  /** The status that the stream has ended with, and its text; undefined while it is open. */
  status: string | undefined = undefined;
  /** How often the stream was ended. */
  ends = 0;
  /** Frames that were written after the end. */
  late = 0;
  readonly #options: ClientOptions;
  readonly #served: ReturnType<NonNullable<ReturnType<NonNullable<ReturnType<typeof acceptorOf>>>>>;
  /** The names of each type, which a SotW client repeats. */
  readonly #names = new Map<string, readonly string[]>();
  #isFirst = true;

  constructor(server: DiscoveryServer, options: ClientOptions) {
    this.#options = options;
    const path = options.variant === "sotw" ? SOTW_PATH : DELTA_PATH;
    this.#served = acceptorOf(server)!(path)!({
      timeout: null,
      headerSize: { bytes: 100, pairs: 5 },
      client: {
        peer: options.id,
        certificate: undefined,
        isLocal: true,
        method: path,
        headers: new Headers({ a: "b" }),
      },
      transport: {
        write: (bytes) => this.#written(bytes),
        end: (trailer) => {
          this.ends++;
          this.status = [trailer.get("grpc-status"), decodeURIComponent(trailer.get("grpc-message") ?? "")].join(" ")
            .trim();
        },
        abort() {},
        pause() {},
        resume() {},
        leave() {},
        unreadBytes: 0,
      },
    });
    if (!this.#served.ended) this.#served.writable();
  }

  /** Subscribes to names of a type; `*` stands for all. */
  subscribe(typeUrl: string, names: readonly string[]): void {
    this.#names.set(typeUrl, names);
    this.#send(typeUrl, names, {});
  }

  disconnect(): void {
    this.#served.disconnected();
  }

  #written(bytes: Uint8Array): boolean {
    if (this.status !== undefined) this.late++;
    const { typeUrl, nonce, version } = this.#read(bytes.subarray(5));
    this.versions.push(version);
    const error = this.#options.nacks === true && this.versions.length === 2;
    queueMicrotask(() => {
      this.#served.sent();
      this.#send(typeUrl, this.#options.variant === "sotw" ? this.#names.get(typeUrl)! : [], {
        responseNonce: nonce,
        ...error && { errorDetail: { code: 3, message: "no" } },
      });
    });
    return true;
  }

  #read(bytes: Uint8Array): { readonly typeUrl: string; readonly nonce: string; readonly version: string } {
    if (this.#options.variant === "sotw") {
      const { typeUrl, nonce, versionInfo: version } = fromBinary(DiscoveryResponseSchema, bytes);
      return { typeUrl, nonce, version };
    }
    const { typeUrl, nonce, systemVersionInfo: version } = fromBinary(DeltaDiscoveryResponseSchema, bytes);
    return { typeUrl, nonce, version };
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
