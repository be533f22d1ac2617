import { create, type MessageShape } from "@bufbuild/protobuf";
import {
  type Cluster,
  Cluster_DiscoveryType,
  ClusterSchema,
} from "../../../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { type ConfigSource, ConfigSourceSchema } from "../../../../gen/envoy/config/core/v3/config_source_pb.ts";
import { TypedExtensionConfigSchema } from "../../../../gen/envoy/config/core/v3/extension_pb.ts";
import { LocalityLbEndpointsSchema } from "../../../../gen/envoy/config/endpoint/v3/endpoint_components_pb.ts";
import { ClusterLoadAssignmentSchema } from "../../../../gen/envoy/config/endpoint/v3/endpoint_pb.ts";
import { FilterSchema, ListenerFilterSchema } from "../../../../gen/envoy/config/listener/v3/listener_components_pb.ts";
import { VirtualHostSchema } from "../../../../gen/envoy/config/route/v3/route_components_pb.ts";
import { type RouteConfiguration, RouteConfigurationSchema } from "../../../../gen/envoy/config/route/v3/route_pb.ts";
import { ScopedRouteConfigurationSchema } from "../../../../gen/envoy/config/route/v3/scoped_route_pb.ts";
import {
  type HttpConnectionManager,
  HttpConnectionManagerSchema,
  HttpFilterSchema,
  ScopedRouteConfigurationsListSchema,
} from "../../../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts";
import {
  SdsSecretConfigSchema,
  SecretSchema,
} from "../../../../gen/envoy/extensions/transport_sockets/tls/v3/secret_pb.ts";
import type { DescMessage } from "../../../resource/mod.ts";
import type { Given } from "./given.ts";
import type { Edit } from "./rewrite.ts";

/**
 * Puts what is dynamic in place of the references to it.
 *
 * @param given - the resources
 * @param emptyFile - a file without resources, which stands for all sources that are left
 */
export function editsFor(given: Given, emptyFile: string): ReadonlyMap<string, Edit> {
  const edits = [
    edit(HttpConnectionManagerSchema, (manager) => inlineRoutes(manager, given)),
    edit(RouteConfigurationSchema, (routes) => inlineVirtualHosts(routes, given)),
    edit(ClusterSchema, (cluster) => inlineEndpoints(cluster, given)),
    edit(LocalityLbEndpointsSchema, (locality) => {
      // LEDS needs a source; its endpoints are a resource each.
      if (locality.lbConfig.case === "ledsClusterLocalityConfig") locality.lbConfig = { case: undefined };
    }),
    edit(SdsSecretConfigSchema, (config) => {
      if (given.use(SecretSchema, config.name) !== undefined) delete config.sdsConfig;
    }),
    ...[HttpFilterSchema, FilterSchema, ListenerFilterSchema].map((schema) =>
      edit(schema, (filter) => {
        if (filter.configType.case !== "configDiscovery") return;
        const value = given.use(TypedExtensionConfigSchema, filter.name)?.typedConfig;
        if (value !== undefined) filter.configType = { case: "typedConfig", value };
      })
    ),
    edit(ConfigSourceSchema, (source) => readFrom(source, emptyFile)),
  ];
  return new Map(edits.map((each) => [each.typeName, each]));
}

function edit<D extends DescMessage>({ typeName }: D, apply: (message: MessageShape<D>) => void): Edit {
  return { typeName, apply: apply as Edit["apply"] };
}

function inlineRoutes(manager: HttpConnectionManager, given: Given): void {
  const { case: is, value } = manager.routeSpecifier;
  if (is === "rds") {
    const name = value.routeConfigName;
    manager.routeSpecifier = { case: "routeConfig", value: routesOf(name, given) };
  } else if (is === "scopedRoutes" && value.configSpecifier.case === "scopedRds") {
    const scopedRouteConfigurations = [...given.all(ScopedRouteConfigurationSchema)].map(([name]) => {
      const scope = given.use(ScopedRouteConfigurationSchema, name)!;
      if (scope.routeConfigurationName !== "") {
        scope.routeConfiguration = routesOf(scope.routeConfigurationName, given);
        scope.routeConfigurationName = "";
      }
      return scope;
    });
    if (scopedRouteConfigurations.length === 0) return;
    const list = create(ScopedRouteConfigurationsListSchema, { scopedRouteConfigurations });
    value.configSpecifier = { case: "scopedRouteConfigurationsList", value: list };
  }
}

/** Routes as Envoy takes them over RDS, where it does not look for their clusters. */
function routesOf(name: string, given: Given): RouteConfiguration {
  const routes = given.use(RouteConfigurationSchema, name) ?? create(RouteConfigurationSchema, { name });
  routes.validateClusters ??= false;
  return routes;
}

function inlineVirtualHosts(routes: RouteConfiguration, given: Given): void {
  if (routes.vhds === undefined) return;
  delete routes.vhds;
  for (const [name] of given.all(VirtualHostSchema)) {
    if (name.startsWith(`${routes.name}/`)) routes.virtualHosts.push(given.use(VirtualHostSchema, name)!);
  }
}

function inlineEndpoints(cluster: Cluster, given: Given): void {
  delete cluster.lrsServer;
  const { clusterDiscoveryType: { case: is, value }, edsClusterConfig: eds, name } = cluster;
  const from = eds?.edsConfig?.configSourceSpecifier.case;
  if (is !== "type" || value !== Cluster_DiscoveryType.EDS || from === undefined || from.startsWith("path")) return;
  delete cluster.edsClusterConfig;
  cluster.clusterDiscoveryType = { case: "type", value: Cluster_DiscoveryType.STATIC };
  const empty = create(ClusterLoadAssignmentSchema, { clusterName: name });
  cluster.loadAssignment = given.use(ClusterLoadAssignmentSchema, eds!.serviceName || name) ?? empty;
}

function readFrom(source: ConfigSource, path: string): void {
  const from = source.configSourceSpecifier.case;
  if (from !== "ads" && from !== "self" && from !== "apiConfigSource") return;
  source.configSourceSpecifier = {
    case: "pathConfigSource",
    value: { $typeName: "envoy.config.core.v3.PathConfigSource", path },
  };
}
