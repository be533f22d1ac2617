import { RouteConfigurationSchema } from "../../../gen/envoy/config/route/v3/route_pb.ts";
import {
  RouteAction_RequestMirrorPolicySchema,
  RouteActionSchema,
  WeightedCluster_ClusterWeightSchema,
} from "../../../gen/envoy/config/route/v3/route_components_pb.ts";
import {
  HttpConnectionManagerSchema,
} from "../../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts";
import { CLUSTER_TYPE } from "../../v3/types.ts";
import { ApiListenerSchema } from "../../../gen/envoy/config/listener/v3/api_listener_pb.ts";
import { type Check, check } from "../check.ts";
import type { Place } from "../place.ts";

const RULE = "reference.cluster";

/** The clusters of HTTP routes: by name, weighted, mirrored; and the plugins that choose one. */
export const ROUTE_REFERENCES: readonly Check[] = [
  check(RouteActionSchema, RULE, ({ clusterSpecifier: { case: is, value } }, at) => {
    if (is === "cluster") at.refer({ typeUrl: CLUSTER_TYPE, name: value, path: is, isRejected: isValidated(at) });
  }),
  check(WeightedCluster_ClusterWeightSchema, RULE, ({ name }, at) => {
    at.refer({ typeUrl: CLUSTER_TYPE, name, path: "name", isRejected: isValidated(at) });
  }),
  check(RouteAction_RequestMirrorPolicySchema, RULE, ({ cluster }, at) => {
    at.refer({ typeUrl: CLUSTER_TYPE, name: cluster, path: "cluster", isRejected: isValidated(at) });
  }),
  check(RouteActionSchema, "reference.cluster_specifier_plugin", ({ clusterSpecifier: { case: is, value } }, at) => {
    const routes = at.around(RouteConfigurationSchema);
    if (is !== "clusterSpecifierPlugin" || routes === undefined) return;
    if (routes.clusterSpecifierPlugins.some(({ extension }) => extension?.name === value)) return;
    at.error({
      path: "cluster_specifier_plugin",
      message: "Must be the name of one of the cluster_specifier_plugins of the route configuration",
      value,
    });
  }),
];

/**
 * Whether Envoy looks for the clusters of a route when it takes the routes: by default for those in a listener, and not
 * for those over RDS.
 */
function isValidated(at: Place): boolean {
  const routes = at.around(RouteConfigurationSchema);
  // Clients of gRPC do not look for them.
  const isInline = at.around(HttpConnectionManagerSchema) !== undefined && at.around(ApiListenerSchema) === undefined;
  return routes?.validateClusters ?? isInline;
}
