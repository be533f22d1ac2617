import { createDiscoveryServer, logCallbacks, SnapshotCache } from "../../mod.ts";
import { listen } from "../../src/node/mod.ts";
import { resources, routes } from "./config.ts";
import { startEcho } from "./echo.ts";

/** Options of the example. */
export interface ExampleOptions {
  /** The port of the xDS server on 127.0.0.1; 0 for any free one, as for the others. */
  readonly port: number;
  /** The port that Envoy is configured to listen on. */
  readonly listenerPort: number;
  readonly upstreamPort: number;
  /** Called with a line for each event. */
  readonly print: (line: string) => void;
}

/** The running example. */
export interface Example {
  /** The port of the xDS server. */
  readonly port: number;
  /** Publishes the next version of the routes. @returns the version */
  publish(): string;
  /** Ends in order: clients are led to another server before their streams end. */
  stop(): Promise<void>;
}

/** The key of the one snapshot, which all nodes share. */
const EVERY_NODE = "every node";

/** Starts an upstream and an xDS server that configures every Envoy to reach it, with version 1 of the routes. */
export async function startExample({ port, listenerPort, upstreamPort, print }: ExampleOptions): Promise<Example> {
  const upstream = await startEcho({ port: upstreamPort });
  const cache = new SnapshotCache({ nodeHash: () => EVERY_NODE });
  const server = createDiscoveryServer({ cache, callbacks: logCallbacks(print), log: false });
  const listening = await listen(server, { port }).catch(async (error) => {
    await upstream.close();
    throw error;
  });

  let version = 1;
  cache.setSnapshot(EVERY_NODE, resources({ listenerPort, upstreamPort: upstream.port }, `${version}`));
  return {
    port: listening.port,
    publish() {
      version++;
      // All other resources are unchanged, so Envoy is sent the routes only.
      cache.updateSnapshot(EVERY_NODE, { update: [routes(`${version}`)] });
      print(`published version ${version} of the routes`);
      return `${version}`;
    },
    async stop() {
      await listening.drain();
      await upstream.close();
    },
  };
}
