import type { DescField } from "@bufbuild/protobuf";
import { CLUSTER_TYPE, LISTENER_TYPE, ROUTE_TYPE } from "../../v3/types.ts";
import type { Check } from "../check.ts";
import { knownType } from "../known-types.ts";

// Fields that hold the name of another resource, and need no look at others. Those of routes and of configuration sources
// have files of their own.

const CLUSTER = "reference.cluster";
const ROUTE = "reference.route";
const LISTENER = "reference.listener";

/** The type of the message, the field in it, the rule. */
export const FIELDS: readonly (readonly [type: string, field: string, rule: string])[] = [
  ["envoy.config.core.v3.HttpUri", "cluster", CLUSTER],
  ["envoy.config.route.v3.ScopedRouteConfiguration", "route_configuration_name", ROUTE],
  ["envoy.config.trace.v3.DatadogConfig", "collector_cluster", CLUSTER],
  ["envoy.config.trace.v3.ZipkinConfig", "collector_cluster", CLUSTER],
  ["envoy.config.core.v3.EnvoyInternalAddress", "server_listener_name", LISTENER],
  ["envoy.extensions.clusters.aggregate.v3.ClusterConfig", "clusters", CLUSTER],
  ["envoy.extensions.filters.network.redis_proxy.v3.RedisProxy.PrefixRoutes.Route", "cluster", CLUSTER],
  [
    "envoy.extensions.filters.network.redis_proxy.v3.RedisProxy.PrefixRoutes.Route.RequestMirrorPolicy",
    "cluster",
    CLUSTER,
  ],
  ["envoy.extensions.filters.network.thrift_proxy.v3.RouteAction", "cluster", CLUSTER],
  ["envoy.extensions.filters.network.thrift_proxy.v3.RouteAction.RequestMirrorPolicy", "cluster", CLUSTER],
  ["envoy.extensions.filters.network.thrift_proxy.v3.WeightedCluster.ClusterWeight", "name", CLUSTER],
  ["envoy.extensions.filters.udp.udp_proxy.v3.Route", "cluster", CLUSTER],
  ["envoy.extensions.filters.udp.udp_proxy.v3.UdpProxyConfig", "cluster", CLUSTER],
];

const TARGETS: Readonly<Record<string, string>> = {
  [CLUSTER]: CLUSTER_TYPE,
  [ROUTE]: ROUTE_TYPE,
  [LISTENER]: LISTENER_TYPE,
};

/** Checks that remember the names in these fields. */
export const FIELD_REFERENCES: readonly Check[] = FIELDS.map((row): Check => {
  const [typeName, name, rule] = row;
  let field: DescField | undefined;
  return {
    rule,
    typeName,
    run(message, at) {
      field ??= fieldOf(typeName, name);
      const typeUrl = TARGETS[rule]!;
      const fields = message as unknown as Record<string, unknown>;
      const value = field.oneof === undefined
        ? fields[field.localName]
        : chosen(fields, field.oneof.localName, field.localName);
      if (typeof value === "string") at.refer({ typeUrl, name: value, path: name, isRejected: false });
      else if (Array.isArray(value)) {
        value.forEach((each, i) => at.refer({ typeUrl, name: each, path: `${name}[${i}]`, isRejected: false }));
      }
    },
  };
});

/** The field of a type, which exists: a test looks each of them up. */
function fieldOf(typeName: string, name: string): DescField {
  return knownType(typeName)!.fields.find((each) => each.name === name)!;
}

function chosen(fields: Record<string, unknown>, oneof: string, name: string): unknown {
  const { case: is, value } = fields[oneof] as { readonly case?: string; readonly value?: unknown };
  return is === name ? value : undefined;
}
