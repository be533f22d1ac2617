import { ApiConfigSourceSchema, type ConfigSource } from "../../../gen/envoy/config/core/v3/config_source_pb.ts";
import { GrpcService_EnvoyGrpcSchema } from "../../../gen/envoy/config/core/v3/grpc_service_pb.ts";
import { Cluster_DiscoveryType, ClusterSchema } from "../../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { FilterSchema, ListenerFilterSchema } from "../../../gen/envoy/config/listener/v3/listener_components_pb.ts";
import {
  HttpFilterSchema,
  RdsSchema,
} from "../../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts";
import { SdsSecretConfigSchema } from "../../../gen/envoy/extensions/transport_sockets/tls/v3/secret_pb.ts";
import { CLUSTER_TYPE, ENDPOINT_TYPE, EXTENSION_CONFIG_TYPE, ROUTE_TYPE, SECRET_TYPE } from "../../v3/types.ts";
import { type Check, check } from "../check.ts";
import type { Reference } from "../findings.ts";
import type { Place } from "../place.ts";

/** Resources that a client subscribes to, since another one has it look for them in a configuration source. */
export const SOURCE_REFERENCES: readonly Check[] = [
  check(ClusterSchema, "reference.endpoints", ({ name, clusterDiscoveryType: type, edsClusterConfig: eds }, at) => {
    if (type.case !== "type" || type.value !== Cluster_DiscoveryType.EDS || eds?.edsConfig === undefined) return;
    const path = eds.serviceName === "" ? "eds_cluster_config" : "eds_cluster_config.service_name";
    refer(at, eds.edsConfig, { typeUrl: ENDPOINT_TYPE, name: eds.serviceName || name, path });
  }),
  check(RdsSchema, "reference.route", ({ configSource, routeConfigName }, at) => {
    refer(at, configSource, { typeUrl: ROUTE_TYPE, name: routeConfigName, path: "route_config_name" });
  }),
  check(SdsSecretConfigSchema, "reference.secret", ({ name, sdsConfig }, at) => {
    const kind = kindOfSecret(at);
    refer(at, sdsConfig, { typeUrl: SECRET_TYPE, name, path: "name", ...kind !== undefined && { kind } });
  }),
  // The name of an extension over ECDS is that of the filter.
  ...[HttpFilterSchema, FilterSchema, ListenerFilterSchema].map((schema) =>
    check(schema, "reference.extension", ({ name, configType }, at) => {
      if (configType.case !== "configDiscovery" || configType.value.defaultConfig !== undefined) return;
      refer(at, configType.value.configSource, {
        typeUrl: EXTENSION_CONFIG_TYPE,
        name,
        path: "name",
        // A rule of the API says so where it has none.
        ...configType.value.typeUrls.length > 0 && { typeUrls: configType.value.typeUrls },
      });
    })
  ),
  check(GrpcService_EnvoyGrpcSchema, "reference.cluster", ({ clusterName }, at) => {
    // A client reaches xDS servers by clusters of its bootstrap.
    if (at.around(ApiConfigSourceSchema) !== undefined) return;
    at.refer({ typeUrl: CLUSTER_TYPE, name: clusterName, path: "cluster_name", isRejected: false });
  }),
];

/** What kind of secret the field that holds a reference needs. */
function kindOfSecret(at: Place): Reference["kind"] {
  const path = at.path.toString();
  if (/\btls_certificate_sds_secret_configs\[\d+\]$/.test(path)) return { field: 2, name: "tls_certificate" };
  return /\bvalidation_context_sds_secret_config$/.test(path) ? { field: 4, name: "validation_context" } : undefined;
}

interface Target {
  readonly typeUrl: string;
  readonly name: string;
  readonly path: string;
  readonly kind?: NonNullable<Reference["kind"]>;
  readonly typeUrls?: readonly string[];
}

/** Remembers a reference, unless the resource comes from a file of the client, or from its bootstrap. */
function refer(at: Place, source: ConfigSource | undefined, target: Target): void {
  const from = source?.configSourceSpecifier.case;
  if (from === undefined || from === "path" || from === "pathConfigSource") return;
  at.refer({ ...target, isRejected: false });
}
