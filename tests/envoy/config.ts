import { XDS_CLUSTER } from "../../examples/demo/bootstrap.ts";
import { Cluster_DiscoveryType } from "../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import type { ConfigSource } from "../../gen/envoy/config/core/v3/config_source_pb.ts";
import type { Resource } from "../../mod.ts";
import {
  ads,
  cluster,
  endpoints,
  grpcSource,
  hostEndpoint,
  httpConnectionManager,
  listener,
  route,
  socketAddress,
} from "../../src/v3/mod.ts";
import type { Mode } from "./modes.ts";

/** What makes one configuration differ from another: one field for each type, each to be seen from outside. */
export interface State {
  /** Of the listener: the value of the response header `server`. */
  readonly serverName: string;
  /** Of the routes: the value of the response header `x-config-version`. */
  readonly version: string;
  /** Of the cluster; only Envoy itself shows it. */
  readonly connectTimeoutSeconds: number;
  /** Of the endpoints: which upstream they lead to, as it says in the response header `x-upstream`. */
  readonly upstream: "a" | "b";
}

/** The ports of the upstreams on 127.0.0.1. */
export type Upstreams = Readonly<Record<State["upstream"], { readonly port: number }>>;

/** A listener on any free port, its routes, a cluster and its endpoints. */
export function resourcesFor(mode: Mode, upstreams: Upstreams, state: State): Resource[] {
  return [
    echoCluster(mode, state.connectTimeoutSeconds),
    echoEndpoints(upstreams[state.upstream].port),
    httpListener(mode, state.serverName),
    routes(state.version),
  ];
}

/** Envoy rejects a timeout of 0. */
export function echoCluster(mode: Mode, connectTimeoutSeconds: number): Resource {
  return cluster({
    name: "echo",
    clusterDiscoveryType: { case: "type", value: Cluster_DiscoveryType.EDS },
    edsClusterConfig: { edsConfig: sourceFor(mode) },
    connectTimeout: { seconds: BigInt(connectTimeoutSeconds) },
  });
}

/** Envoy rejects a host that is not an IP address. */
export function echoEndpoints(port: number, host = "127.0.0.1"): Resource {
  return endpoints({ clusterName: "echo", endpoints: [{ lbEndpoints: [hostEndpoint(host, port)] }] });
}

/** Envoy rejects a host that is not an IP address. */
export function httpListener(mode: Mode, serverName: string, host = "127.0.0.1"): Resource {
  return listener({
    name: "http",
    address: socketAddress(host, 0),
    filterChains: [{
      filters: [
        httpConnectionManager({
          serverName,
          routeSpecifier: { case: "rds", value: { routeConfigName: "routes", configSource: sourceFor(mode) } },
        }),
      ],
    }],
  });
}

/** Envoy rejects a regular expression such as `(`. */
export function routes(version: string, regex = ".*"): Resource {
  return route({
    name: "routes",
    virtualHosts: [{
      name: "all",
      domains: ["*"],
      routes: [{
        match: { pathSpecifier: { case: "safeRegex", value: { regex } } },
        action: { case: "route", value: { clusterSpecifier: { case: "cluster", value: "echo" } } },
      }],
    }],
    responseHeadersToAdd: [{ header: { key: "x-config-version", value: version } }],
  });
}

function sourceFor({ aggregated, variant }: Mode): ConfigSource {
  return aggregated ? ads() : grpcSource({ cluster: XDS_CLUSTER, variant });
}
