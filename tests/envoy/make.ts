import type { MessageInitShape } from "@bufbuild/protobuf";
import { Cluster_DiscoveryType, type ClusterSchema } from "../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import type { FilterChainSchema } from "../../gen/envoy/config/listener/v3/listener_components_pb.ts";
import type { RouteConfigurationSchema } from "../../gen/envoy/config/route/v3/route_pb.ts";
import type { RouteSchema } from "../../gen/envoy/config/route/v3/route_components_pb.ts";
import { TcpProxySchema } from "../../gen/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy_pb.ts";
import type { HttpConnectionManagerSchema } from "../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts";
import type { Resource, ResourceOptions } from "../../mod.ts";
import {
  cluster,
  endpoints,
  hostEndpoint,
  httpConnectionManager,
  listener,
  routeConfiguration,
  scopedRoute,
  socketAddress,
  typedConfig,
} from "../../src/v3/mod.ts";
import { type Mode, sourceOf } from "./modes.ts";

/** A cluster with its endpoints over xDS. */
export function edsCluster(
  mode: Mode,
  name: string,
  init: MessageInitShape<typeof ClusterSchema> = {},
  options: ResourceOptions = {},
): Resource {
  return cluster(
    {
      connectTimeout: { seconds: 1n },
      ...init,
      name,
      clusterDiscoveryType: { case: "type", value: Cluster_DiscoveryType.EDS },
      edsClusterConfig: { edsConfig: sourceOf(mode) },
    } as typeof init,
    options,
  );
}

/** The one endpoint of a cluster. */
export function endpointAt(clusterName: string, port: number, host = "127.0.0.1"): Resource {
  return endpoints({ clusterName, endpoints: [{ lbEndpoints: [hostEndpoint(host, port)] }] });
}

/** What an HTTP listener does. */
export interface HttpListenerOptions {
  /** Default: routes over xDS, named as the listener. */
  readonly manager?: MessageInitShape<typeof HttpConnectionManagerSchema>;
  readonly chain?: MessageInitShape<typeof FilterChainSchema>;
  readonly host?: string;
}

/** A listener for HTTP on any free port. */
export function httpListener(mode: Mode, name: string, { manager, chain, host }: HttpListenerOptions = {}): Resource {
  const rds = { case: "rds", value: { routeConfigName: name, configSource: sourceOf(mode) } } as const;
  return listener({
    name,
    address: socketAddress(host ?? "127.0.0.1", 0),
    filterChains: [{
      ...chain,
      filters: [httpConnectionManager({ routeSpecifier: rds, ...manager } as typeof manager & object)],
    }],
  });
}

/** A listener for HTTP on any free port, whose routes are chosen by the request header `x-scope`. */
export function scopedListener(mode: Mode, name: string): Resource {
  const manager: HttpListenerOptions["manager"] = {
    routeSpecifier: {
      case: "scopedRoutes",
      value: {
        name: "scopes",
        scopeKeyBuilder: {
          fragments: [{
            type: {
              case: "headerValueExtractor",
              value: { name: "x-scope", extractType: { case: "index", value: 0 } },
            },
          }],
        },
        rdsConfigSource: sourceOf(mode),
        configSpecifier: { case: "scopedRds", value: { scopedRdsConfigSource: sourceOf(mode) } },
      },
    },
  };
  return httpListener(mode, name, { manager });
}

/** A listener on any free port that passes connections on to a cluster. */
export function tcpListener(name: string, cluster: string, statPrefix = name): Resource {
  const proxy = { statPrefix, clusterSpecifier: { case: "cluster", value: cluster } } as const;
  return listener({
    name,
    address: socketAddress("127.0.0.1", 0),
    filterChains: [{
      filters: [{
        name: "envoy.filters.network.tcp_proxy",
        configType: { case: "typedConfig", value: typedConfig(TcpProxySchema, proxy) },
      }],
    }],
  });
}

/** A scope that is chosen by the request header `x-scope`. */
export function scope(name: string, header: string, routes: string): Resource {
  return scopedRoute({
    name,
    routeConfigurationName: routes,
    key: { fragments: [{ type: { case: "stringKey", value: header } }] },
  });
}

/** Routes of all domains, each response with the version in its header `x-config-version`. */
export function routesOf(
  name: string,
  version: string,
  routes: readonly MessageInitShape<typeof RouteSchema>[],
  init: MessageInitShape<typeof RouteConfigurationSchema> = {},
): Resource {
  return routeConfiguration(
    {
      ...init,
      name,
      virtualHosts: [{ name: "all", domains: ["*"], routes: [...routes] }],
      responseHeadersToAdd: [{ header: { key: "x-config-version", value: version } }],
    } as typeof init,
  );
}

/** A route of all paths with a prefix to a cluster. */
export function toCluster(cluster: string, prefix = "/"): MessageInitShape<typeof RouteSchema> {
  return {
    match: { pathSpecifier: { case: "prefix", value: prefix } },
    action: { case: "route", value: { clusterSpecifier: { case: "cluster", value: cluster } } },
  };
}
