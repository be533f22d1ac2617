import type { DiscoveryServer } from "../../mod.ts";
import { InProcessClient } from "../server/in-process-client.ts";

/** What a client is. */
export interface ClientOptions {
  /** The id of its node, and its address. */
  readonly id: string;
  readonly variant: "sotw" | "delta";
  /** Whether it rejects its second response. Default: false. */
  readonly nacks?: boolean;
}

/** A client that ACKs what it receives, on a stream without a connection. */
export class Client extends InProcessClient {
  constructor(server: DiscoveryServer, { id, variant, nacks = false }: ClientOptions) {
    super(server, { id, variant, peer: id, replies: (_, n) => nacks && n === 2 ? { nack: "no" } : "ack" });
  }
}
