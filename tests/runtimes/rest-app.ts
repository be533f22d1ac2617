import { createDiscoveryServer, type Resource, Snapshot, SnapshotCache } from "../../mod.ts";
import { cluster, endpoints, httpConnectionManager, listener } from "../../src/v3/mod.ts";

const cache = new SnapshotCache();

/** A discovery server that is polled, of web standards alone, so that it runs anywhere. */
export const server = createDiscoveryServer({ cache, maxRequestBytes: 10_000, fetchWaitMs: 50 });

/** Polls of the server; and `POST /publish` of a version, so that there is something new. */
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
    // What is packed into it is of a type that is loaded when it is needed.
    listener({ name: "l", filterChains: [{ filters: [httpConnectionManager({})] }] }),
  ];
}
