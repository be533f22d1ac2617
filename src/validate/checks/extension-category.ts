import type { Any } from "@bufbuild/protobuf/wkt";
import { AccessLogSchema } from "../../../gen/envoy/config/accesslog/v3/accesslog_pb.ts";
import { Cluster_CustomClusterTypeSchema, ClusterSchema } from "../../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { TransportSocketSchema } from "../../../gen/envoy/config/core/v3/base_pb.ts";
import {
  FilterChainSchema,
  FilterSchema,
  ListenerFilterSchema,
} from "../../../gen/envoy/config/listener/v3/listener_components_pb.ts";
import {
  RouteSchema,
  VirtualHostSchema,
  WeightedCluster_ClusterWeightSchema,
} from "../../../gen/envoy/config/route/v3/route_components_pb.ts";
import { RouteConfigurationSchema } from "../../../gen/envoy/config/route/v3/route_pb.ts";
import {
  HttpFilterSchema,
} from "../../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts";
import { type Check, check } from "../check.ts";
import { knownType, typeNameOf, WRAPPERS } from "../known-types.ts";
import type { Place } from "../place.ts";
import { typeNameIn } from "../typed-struct.ts";

const RULE = "extension.category";
const FILTERS = "envoy.extensions.filters";
const MATCHING = "envoy.extensions.common.matching.";
const HTTP = [`${FILTERS}.http.`, MATCHING];

/** An extension is configured where extensions of its kind are, and by a type of the API. */
export const EXTENSION_CATEGORY: readonly Check[] = [
  ...([
    [HttpFilterSchema, HTTP],
    [FilterSchema, [`${FILTERS}.network.`, `${FILTERS}.http.`, MATCHING]],
    [ListenerFilterSchema, [`${FILTERS}.listener.`, `${FILTERS}.udp.`, MATCHING]],
  ] as const).map(([schema, packages]) =>
    check(schema, RULE, ({ configType: { case: is, value } }, at) => {
      if (is === "typedConfig") checkPackage(value, packages, { at, path: "typed_config" });
      if (is === undefined || is === "typedConfig" && value.typeUrl === "") {
        at.error({ message: "Must have a typed_config" });
      }
    })
  ),
  check(AccessLogSchema, RULE, ({ configType: { case: is, value } }, at) => {
    if (is === "typedConfig") checkPackage(value, ["envoy.extensions.access_loggers."], { at, path: "typed_config" });
  }),
  check(Cluster_CustomClusterTypeSchema, RULE, ({ typedConfig }, at) => {
    if (typedConfig !== undefined) {
      checkPackage(typedConfig, ["envoy.extensions.clusters."], { at, path: "typed_config" });
    }
  }),
  check(TransportSocketSchema, RULE, ({ configType: { case: is, value } }, at) => {
    if (is !== "typedConfig") return;
    checkPackage(value, ["envoy.extensions.transport_sockets."], { at, path: "typed_config" });
    const type = typeNameIn(value);
    if (type === `${TLS}.UpstreamTlsContext` && at.around(FilterChainSchema) !== undefined) {
      at.error({ path: "typed_config", message: `Must be a ${TLS}.DownstreamTlsContext, since it is in a listener` });
    }
    if (type === `${TLS}.DownstreamTlsContext` && at.around(ClusterSchema) !== undefined) {
      at.error({ path: "typed_config", message: `Must be a ${TLS}.UpstreamTlsContext, since it is in a cluster` });
    }
  }),
  ...[RouteConfigurationSchema, VirtualHostSchema, RouteSchema, WeightedCluster_ClusterWeightSchema].map((schema) =>
    check(schema, RULE, ({ typedPerFilterConfig }, at) => {
      for (const key in typedPerFilterConfig) {
        const path = `typed_per_filter_config[${JSON.stringify(key)}]`;
        checkPackage(typedPerFilterConfig[key]!, [...HTTP, "envoy.config.route.v3.FilterConfig"], { at, path });
      }
    })
  ),
];

const TLS = "envoy.extensions.transport_sockets.tls.v3";

/** Types that are not known may be those of an extension of any kind. */
function checkPackage(
  any: Any,
  packages: readonly string[],
  { at, path }: { readonly at: Place; readonly path: string },
): void {
  const type = typeNameIn(any);
  // A `TypedStruct` says of what type it is.
  const isNone = type === "" && WRAPPERS.has(typeNameOf(any.typeUrl));
  if (
    !isNone && knownType(type) === undefined || WRAPPERS.has(type) || packages.some((each) => type.startsWith(each))
  ) {
    return;
  }
  const wanted = packages.filter((each) => each !== MATCHING).map((each) => `${each}…`).join(" or ");
  at.error({
    path,
    message: `Must be of a type ${wanted}`,
    value: WRAPPERS.has(typeNameOf(any.typeUrl)) ? type : any.typeUrl,
  });
}
