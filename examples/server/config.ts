import type { Resource } from "../../mod.ts";
import { edsCluster, httpListener, routeConfig } from "../../src/v3/mod.ts";

/** The ports on 127.0.0.1 that the example's configuration speaks of. */
export interface ConfigPorts {
  /** Where Envoy is to listen. */
  readonly listenerPort: number;
  /** Where the upstream listens. */
  readonly upstreamPort: number;
}

/** What an Envoy needs to pass requests on to the upstream: a listener, its routes, a cluster and its endpoints. */
export function resources({ listenerPort, upstreamPort }: ConfigPorts, version: string): Resource[] {
  return [
    httpListener("http", { port: listenerPort, address: "127.0.0.1", routes: "routes" }),
    routes(version),
    ...edsCluster("echo", [`127.0.0.1:${upstreamPort}`], { connectTimeout: "1s" }),
  ];
}

/** The part that changes: routes that put their version into each response as a header. */
export function routes(version: string): Resource {
  return routeConfig("routes", { "/": "echo" }, {
    responseHeadersToAdd: [{ header: { key: "x-config-version", value: version } }],
  });
}
