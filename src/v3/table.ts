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
import { RESOURCE_TYPES } from "./resource-types.ts";
import * as type from "./types.ts";

/** The xDS API v3: the table that a server uses unless it is given another one. */
export const v3: ApiTable = {
  name: "v3",
  node: NodeSchema,
  types: RESOURCE_TYPES,
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
