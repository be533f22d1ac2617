import { NodeSchema } from "../../gen/envoy/config/core/v3/base_pb.ts";
import { ClusterDiscoveryService } from "../../gen/envoy/service/cluster/v3/cds_pb.ts";
import { AggregatedDiscoveryService } from "../../gen/envoy/service/discovery/v3/ads_pb.ts";
import { EndpointDiscoveryService } from "../../gen/envoy/service/endpoint/v3/eds_pb.ts";
import { LocalityEndpointDiscoveryService } from "../../gen/envoy/service/endpoint/v3/leds_pb.ts";
import { ExtensionConfigDiscoveryService } from "../../gen/envoy/service/extension/v3/config_discovery_pb.ts";
import { ListenerDiscoveryService } from "../../gen/envoy/service/listener/v3/lds_pb.ts";
import { RouteDiscoveryService, VirtualHostDiscoveryService } from "../../gen/envoy/service/route/v3/rds_pb.ts";
import { ScopedRoutesDiscoveryService } from "../../gen/envoy/service/route/v3/srds_pb.ts";
import { RuntimeDiscoveryService } from "../../gen/envoy/service/runtime/v3/rtds_pb.ts";
import { SecretDiscoveryService } from "../../gen/envoy/service/secret/v3/sds_pb.ts";
import { RateLimitConfigDiscoveryService } from "../../gen/ratelimit/service/ratelimit/v3/rls_conf_ds_pb.ts";
import type { ApiTable } from "../resource/mod.ts";
import { findMessage } from "./messages.ts";
import {
  clustersInListener,
  clustersInRoute,
  clustersInVirtualHost,
  collectionsOfEndpoints,
  endpointsOfCluster,
  endpointsOverAds,
  routeOfScope,
  routesInListener,
  virtualHostsOfRoute,
} from "./references.ts";
import * as type from "./types.ts";
import { domainsFor, domainsOf } from "./virtual-host-domains.ts";

/**
 * The xDS API v3.
 *
 * The order is that of a publication in ADS, from what is referred to to what refers to it; secrets, runtime layers
 * and extensions go out as they are asked for.
 * Source: https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#eventual-consistency-considerations
 */
export const v3: ApiTable = {
  name: "v3",
  node: NodeSchema,
  types: [
    {
      typeUrl: type.CLUSTER_TYPE,
      label: "CDS",
      order: 1,
      fullState: true,
      legacyWildcard: true,
      references: [
        { typeUrl: type.ENDPOINT_TYPE, namesIn: endpointsOfCluster },
        { typeUrl: type.ENDPOINT_TYPE, namesIn: endpointsOverAds, warms: true },
      ],
    },
    {
      typeUrl: type.ENDPOINT_TYPE,
      label: "EDS",
      order: 2,
      // An Envoy that receives a cluster or its endpoints again warms all of them, and subscribes only to the new ones.
      references: [{ typeUrl: type.LB_ENDPOINT_TYPE, namesIn: collectionsOfEndpoints, resends: true }],
    },
    { typeUrl: type.LB_ENDPOINT_TYPE, label: "LEDS", order: 3 },
    {
      typeUrl: type.LISTENER_TYPE,
      label: "LDS",
      order: 4,
      fullState: true,
      legacyWildcard: true,
      references: [
        { typeUrl: type.ROUTE_TYPE, namesIn: routesInListener },
        { typeUrl: type.CLUSTER_TYPE, namesIn: clustersInListener },
      ],
    },
    {
      typeUrl: type.SCOPED_ROUTE_TYPE,
      label: "SRDS",
      order: 5,
      // Envoy removes the scopes that a response leaves out, as it does with listeners and clusters.
      fullState: true,
      legacyWildcard: true,
      references: [{ typeUrl: type.ROUTE_TYPE, namesIn: routeOfScope }],
    },
    {
      typeUrl: type.ROUTE_TYPE,
      label: "RDS",
      order: 6,
      references: [
        { typeUrl: type.CLUSTER_TYPE, namesIn: clustersInRoute },
        { typeUrl: type.VIRTUAL_HOST_TYPE, namesIn: virtualHostsOfRoute, resends: true },
      ],
    },
    {
      typeUrl: type.VIRTUAL_HOST_TYPE,
      label: "VHDS",
      order: 7,
      emptyMeansUnknown: true,
      aliases: { keysOf: domainsOf, keysFor: domainsFor },
      references: [{ typeUrl: type.CLUSTER_TYPE, namesIn: clustersInVirtualHost }],
    },
    { typeUrl: type.SECRET_TYPE, label: "SDS" },
    { typeUrl: type.RUNTIME_TYPE, label: "RTDS" },
    { typeUrl: type.EXTENSION_CONFIG_TYPE, label: "ECDS" },
    { typeUrl: type.RATE_LIMIT_CONFIG_TYPE, label: "RLS", fullState: true, legacyWildcard: true },
  ],
  services: [
    { service: AggregatedDiscoveryService, typeUrl: undefined },
    { service: ListenerDiscoveryService, typeUrl: type.LISTENER_TYPE },
    { service: ClusterDiscoveryService, typeUrl: type.CLUSTER_TYPE },
    { service: RouteDiscoveryService, typeUrl: type.ROUTE_TYPE },
    { service: ScopedRoutesDiscoveryService, typeUrl: type.SCOPED_ROUTE_TYPE },
    { service: VirtualHostDiscoveryService, typeUrl: type.VIRTUAL_HOST_TYPE },
    { service: EndpointDiscoveryService, typeUrl: type.ENDPOINT_TYPE },
    { service: LocalityEndpointDiscoveryService, typeUrl: type.LB_ENDPOINT_TYPE },
    { service: SecretDiscoveryService, typeUrl: type.SECRET_TYPE },
    { service: RuntimeDiscoveryService, typeUrl: type.RUNTIME_TYPE },
    { service: ExtensionConfigDiscoveryService, typeUrl: type.EXTENSION_CONFIG_TYPE },
    { service: RateLimitConfigDiscoveryService, typeUrl: type.RATE_LIMIT_CONFIG_TYPE },
  ],
  messages: findMessage,
};
