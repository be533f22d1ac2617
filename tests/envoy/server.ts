import { createDiscoveryServer, Snapshot, SnapshotCache } from "../../mod.ts";
import { listen } from "../../src/node/mod.ts";
import type { Case } from "./case.ts";

/** A response that the server sent. */
export interface Sent {
  readonly typeUrl: string;
  readonly version: string;
  readonly names: readonly string[];
}

/** An answer of Envoy that rejects a response. */
export interface Rejection {
  readonly typeUrl: string;
  readonly version: string;
  readonly message: string;
}

/** A server that writes down what it sends, and what comes back. */
export interface RunningServer extends AsyncDisposable {
  readonly port: number;
  readonly sent: readonly Sent[];
  /** Emptied by a case that expects them. */
  readonly nacks: Rejection[];
  /** What it was not to blame a client for. */
  readonly errors: readonly unknown[];
  /** What was published last. */
  readonly snapshot: Snapshot;
  publish(snapshot: Snapshot): void;
}

/** Starts a server for the one Envoy of a case. */
export async function startServer(port: number, options: Case["server"] = {}): Promise<RunningServer> {
  const sent: Sent[] = [];
  const nacks: Rejection[] = [];
  const errors: unknown[] = [];
  const cache = new SnapshotCache({ nodeHash: () => "all" });
  const server = createDiscoveryServer({
    ...options,
    cache,
    callbacks: {
      onResponse: (_, { typeUrl, version, resources }) => {
        sent.push({ typeUrl, version, names: resources.map(({ name }) => name) });
      },
      onNack: (_, { typeUrl, version, message }) => void nacks.push({ typeUrl, version, message }),
      onError: (error) => void errors.push(error),
    },
  });
  const listener = await listen(server, { port });
  let snapshot = new Snapshot({ resources: [] });
  return {
    port: listener.port,
    sent,
    nacks,
    errors,
    get snapshot() {
      return snapshot;
    },
    publish(next) {
      snapshot = next;
      cache.setSnapshot("all", next);
    },
    async [Symbol.asyncDispose]() {
      await listener.close();
      server.close();
    },
  };
}
