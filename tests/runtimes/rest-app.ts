import { createDiscoveryServer, type Resource, Snapshot, SnapshotCache } from "../../mod.ts";
import { cluster, endpoints, httpConnectionManager, listener } from "../../src/v3/mod.ts";

const cache = new SnapshotCache();

/** A discovery server for polls, with web standards only, so that it runs anywhere. */
export const server = createDiscoveryServer({ cache, maxRequestBytes: 10_000, fetchWaitMs: 50 });

/** Serves polls, and `POST /publish` of a new version. */
export async function fetch(request: Request): Promise<Response> {
  if (new URL(request.url).pathname !== "/publish") return await server.fetch(request);
  publish(await request.text());
  return new Response();
}

publish("1");

function publish(version: string): void {
  cache.setSnapshot("node", new Snapshot({ version, resources: resources(version) }));
}

function resources(version: string): Resource[] {
  return [
    cluster({ name: "a", altStatName: version }),
    endpoints({ clusterName: "a" }),
    endpoints({ clusterName: "b" }),
    // The message in its `Any` is of a type that is loaded on demand.
    listener({ name: "l", filterChains: [{ filters: [httpConnectionManager({})] }] }),
  ];
}
