import type { Resource } from "../../mod.ts";
import {
  ads,
  cluster,
  endpoints,
  hostEndpoint,
  httpConnectionManager,
  listener,
  route,
  socketAddress,
} from "../../src/v3/mod.ts";
import { Cluster_DiscoveryType } from "../../gen/envoy/config/cluster/v3/cluster_pb.ts";

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
    cluster({
      name: "echo",
      clusterDiscoveryType: { case: "type", value: Cluster_DiscoveryType.EDS },
      edsClusterConfig: { edsConfig: ads() },
      connectTimeout: { seconds: 1n },
    }),
    endpoints({
      clusterName: "echo",
      endpoints: [{ lbEndpoints: [hostEndpoint("127.0.0.1", upstreamPort)] }],
    }),
    listener({
      name: "http",
      address: socketAddress("127.0.0.1", listenerPort),
      filterChains: [{
        filters: [
          httpConnectionManager({
            routeSpecifier: { case: "rds", value: { routeConfigName: "routes", configSource: ads() } },
          }),
        ],
      }],
    }),
    routes(version),
  ];
}

/** The part that changes: routes that put their version into each response as a header. */
export function routes(version: string): Resource {
  return route({
    name: "routes",
    virtualHosts: [{
      name: "all",
      domains: ["*"],
      routes: [{
        match: { pathSpecifier: { case: "prefix", value: "/" } },
        action: { case: "route", value: { clusterSpecifier: { case: "cluster", value: "echo" } } },
      }],
    }],
    responseHeadersToAdd: [{ header: { key: "x-config-version", value: version } }],
  });
}
