import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import {
  createDiscoveryServer,
  type DiscoveryServer,
  type DiscoveryServerOptions,
  type Resource,
  Snapshot,
  SnapshotCache,
} from "../../mod.ts";
import { listen } from "../../src/node/mod.ts";
import { cluster } from "../../src/v3/mod.ts";
import { captureConsole } from "./capture-console.ts";
import { Outputs } from "./outputs.ts";

/** A server, and all that comes out of it. */
export interface Served {
  readonly outputs: Outputs;
  readonly server: DiscoveryServer;
  readonly port: number;
}

/** Serves resources to all clients, over HTTP/2. */
export async function serve(
  options: Partial<DiscoveryServerOptions> & {
    readonly resources?: readonly Resource[];
    readonly outputs?: Outputs;
    /** Without a log of its own. */
    readonly byDefault?: boolean;
  },
): Promise<Served> {
  const { resources = [], outputs = new Outputs(), byDefault, ...given } = options;
  captureConsole(outputs);
  const cache = new SnapshotCache({ nodeHash: () => "all" });
  cache.setSnapshot("all", new Snapshot({ resources: [...resources, cluster({ name: "other" })] }));
  const server = createDiscoveryServer({
    cache,
    ...!byDefault && { log: outputs },
    callbacks: outputs.callbacks,
    fetchWaitMs: 20,
    ...given,
  });
  const listener = await listen(server, { port: 0 });
  onTestFinished(async () => {
    server.close();
    await listener.close();
  });
  return { outputs, server, port: listener.port };
}

/** Waits until something has happened. */
export async function until(isTrue: () => boolean): Promise<void> {
  for (let waited = 0; !isTrue(); waited++) {
    if (waited > 500) throw new Error(`It does not happen: ${isTrue}`);
    await sleep(10);
  }
}
