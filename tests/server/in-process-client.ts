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
  /** Its address. Default: one of loopback. */
  readonly peer?: string;
  /** How it responds to a type, or to its n-th response. Default: it ACKs everything. */
  readonly replies?: Readonly<Record<string, Reply>> | ((typeUrl: string, n: number) => Reply);
  /** Whether it reads responses. Default: true. */
  readonly reads?: boolean;
}

/** A client on an ADS stream without a connection. */
export class InProcessClient {
  /** The versions of the responses that it was sent. */
  readonly versions: string[] = [];
  /** The status that the stream has ended with, and its text; undefined while it is open. */
  status: string | undefined = undefined;
  /** How often the stream was ended. */
  ends = 0;
  /** Frames that were written after the end. */
  late = 0;
  readonly #options: InProcessOptions;
  readonly #served: ReturnType<NonNullable<ReturnType<NonNullable<ReturnType<typeof acceptorOf>>>>>;
  /** The names of each type, which a SotW client repeats. */
  readonly #names = new Map<string, readonly string[]>();
  #isFirst = true;

  constructor(server: DiscoveryServer, options: InProcessOptions) {
    this.#options = options;
    const { variant, peer = "127.0.0.1:1" } = options;
    const method = variant === "sotw" ? SOTW_PATH : DELTA_PATH;
    this.#served = acceptorOf(server)!(method)!({
      timeout: null,
      headerSize: { bytes: 9, pairs: 1 },
      client: { peer, certificate: undefined, isLocal: true, method, headers: new Headers() },
      transport: {
        write: (bytes) => this.#written(bytes),
        end: (trailer) => {
          this.ends++;
          const text = decodeURIComponent(trailer.get("grpc-message") ?? "");
          this.status = `${trailer.get("grpc-status")} ${text}`.trim();
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

  /** Subscribes to names of a type; without any, or with `*`, to all. */
  subscribe(typeUrl: string, names: readonly string[]): void {
    this.#names.set(typeUrl, names);
    this.#send(typeUrl, names, {});
  }

  disconnect(): void {
    this.#served.disconnected();
  }

  #written(bytes: Uint8Array): boolean {
    if (this.status !== undefined) this.late++;
    const { variant, reads = true } = this.#options;
    const { typeUrl, nonce, version } = responseOf(variant, bytes.subarray(5));
    this.versions.push(version);
    const reply = this.#replyTo(typeUrl);
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

  #replyTo(typeUrl: string): Reply {
    const { replies = {} } = this.#options;
    return typeof replies === "function" ? replies(typeUrl, this.versions.length) : replies[typeUrl] ?? "ack";
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

interface Response {
  readonly typeUrl: string;
  readonly nonce: string;
  readonly version: string;
}

function responseOf(variant: InProcessOptions["variant"], bytes: Uint8Array): Response {
  if (variant === "sotw") {
    const { typeUrl, nonce, versionInfo: version } = fromBinary(DiscoveryResponseSchema, bytes);
    return { typeUrl, nonce, version };
  }
  const { typeUrl, nonce, systemVersionInfo: version } = fromBinary(DeltaDiscoveryResponseSchema, bytes);
  return { typeUrl, nonce, version };
}

/** Lets everything happen that is due. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}
