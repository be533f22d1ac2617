import type { MessageInitShape } from "@bufbuild/protobuf";
import { Cluster_DiscoveryType } from "../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import type { RouteConfigurationSchema } from "../../gen/envoy/config/route/v3/route_pb.ts";
import type { RouteSchema, WeightedClusterSchema } from "../../gen/envoy/config/route/v3/route_components_pb.ts";
import type { Resource } from "../../mod.ts";
import {
  ads,
  apiListener,
  cluster,
  endpoints,
  hostEndpoint,
  httpConnectionManager,
  listener,
  locality,
  routeConfiguration,
  socketAddress,
} from "../../src/v3/mod.ts";
import { SERVER_LISTENER } from "./bootstrap.ts";

type RouteInit = MessageInitShape<typeof RouteSchema>;

/** What is dialled as `xds:///<name>`, with its routes over RDS: those that are named alike by default. */
export function target(name: string, routes = name): Resource {
  const rds = { case: "rds", value: { routeConfigName: routes, configSource: ads() } } as const;
  return listener({ name, apiListener: apiListener({ routeSpecifier: rds }) });
}

/** What is dialled as `xds:///<name>`, with its routes inside. */
export function targetWithRoutes(name: string, ...routes: RouteInit[]): Resource {
  const routeConfig = { case: "routeConfig", value: configOf(name, routes) } as const;
  return listener({ name, apiListener: apiListener({ routeSpecifier: routeConfig }) });
}

/** The same without any routes, which no client of gRPC accepts. */
export function unusableTarget(name: string): Resource {
  return listener({ name, apiListener: apiListener({}) });
}

/** Routes of all hosts. */
export function routesOf(name: string, ...routes: RouteInit[]): Resource {
  return routeConfiguration(configOf(name, routes));
}

/** A route that does not say of what it is. */
export function unusableRoutes(name: string, cluster: string): Resource {
  return routesOf(name, { ...toCluster(cluster), match: {} } as RouteInit);
}

/** A route to a cluster, or to several by their weights. */
export function toCluster(to: string | Readonly<Record<string, number>>, path = ""): RouteInit {
  const clusterSpecifier = typeof to === "string"
    ? { case: "cluster", value: to } as const
    : { case: "weightedClusters", value: weightedClusters(to) } as const;
  return {
    match: { pathSpecifier: { case: "prefix", value: path } },
    action: { case: "route", value: { clusterSpecifier } },
  };
}

/** A cluster with its endpoints over EDS: those that are named alike by default. */
export function edsCluster(name: string, serviceName = ""): Resource {
  return cluster({
    name,
    clusterDiscoveryType: { case: "type", value: Cluster_DiscoveryType.EDS },
    edsClusterConfig: { edsConfig: ads(), serviceName },
  });
}

/** A cluster of a type that no client of gRPC knows. */
export function unusableCluster(name: string): Resource {
  return cluster({ name, clusterDiscoveryType: { case: "type", value: Cluster_DiscoveryType.ORIGINAL_DST } });
}

/** The endpoints of a cluster, all in one locality. */
export function endpointsAt(clusterName: string, ...backends: readonly { readonly port: number }[]): Resource {
  const hosts = backends.map(({ port }) => hostEndpoint("127.0.0.1", port));
  return endpoints({ clusterName, endpoints: [locality(hosts)] });
}

/** A cluster that has none. */
export function noEndpoints(clusterName: string): Resource {
  return endpoints({ clusterName });
}

/** Endpoints of a second priority, where there is no first: nothing that a client can use. */
export function unusableEndpoints(clusterName: string): Resource {
  return endpoints({ clusterName, endpoints: [locality([hostEndpoint("127.0.0.1", 1)], { priority: 1 })] });
}

/** What a server at an address serves: the methods with a path, and all others not. */
export function serverListener(address: string, path: string): Resource {
  const routeConfig = { case: "routeConfig", value: configOf("inside", [serve(path)]) } as const;
  return listenerOf(address, httpConnectionManager({ routeSpecifier: routeConfig }));
}

/** The same, with the routes over RDS. */
export function serverListenerOverRds(address: string, routes: string): Resource {
  const rds = { case: "rds", value: { routeConfigName: routes, configSource: ads() } } as const;
  return listenerOf(address, httpConnectionManager({ routeSpecifier: rds }));
}

/** Lets a server serve what has a path. */
export function serve(path: string): RouteInit {
  return {
    match: { pathSpecifier: { case: "prefix", value: path } },
    action: { case: "nonForwardingAction", value: {} },
  };
}

function listenerOf(address: string, manager: ReturnType<typeof httpConnectionManager>): Resource {
  const [host, port] = address.split(":");
  return listener({
    name: SERVER_LISTENER + address,
    address: socketAddress(host!, Number(port)),
    filterChains: [{ name: "all", filters: [manager] }],
  });
}

function configOf(name: string, routes: RouteInit[]): MessageInitShape<typeof RouteConfigurationSchema> {
  return { name, virtualHosts: [{ name: "all", domains: ["*"], routes }] };
}

function weightedClusters(weights: Readonly<Record<string, number>>): MessageInitShape<typeof WeightedClusterSchema> {
  return {
    clusters: Object.entries(weights).map(([name, weight]) => ({ name, weight })),
    // Clients of before 2023 take it for 100 where it is left out, and reject what does not sum up to it.
    totalWeight: Object.values(weights).reduce((sum, weight) => sum + weight, 0),
  };
}
