import { createDiscoveryServer, type ServerStatus, Snapshot, SnapshotCache } from "../../mod.ts";
import { listen } from "../../src/node/mod.ts";
import type { Case } from "./case.ts";
import { Journal } from "./journal.ts";

/** A server that writes down what it sends, and what comes back. */
export interface RunningServer extends AsyncDisposable {
  readonly port: number;
  readonly journal: Journal;
  /** What was published last. */
  readonly snapshot: Snapshot;
  publish(snapshot: Snapshot): void;
  status(): ServerStatus;
}

/** Starts a server for the one Envoy of a case. */
export async function startServer(port: number, options: Case["server"] = {}): Promise<RunningServer> {
  const journal = new Journal();
  const cache = new SnapshotCache({ nodeHash: () => "all" });
  const server = createDiscoveryServer({ ...options, cache, callbacks: journal.callbacks });
  const listener = await listen(server, { port });
  let snapshot = new Snapshot({ resources: [] });
  return {
    port: listener.port,
    journal,
    get snapshot() {
      return snapshot;
    },
    publish(next) {
      snapshot = next;
      cache.setSnapshot("all", next);
    },
    status: () => server.status(),
    async [Symbol.asyncDispose]() {
      await listener.close();
      server.close();
    },
  };
}
