// The enums that makers take, so that no number stands in a configuration. All others are in `ts-control-plane/gen/…`.
export {
  Cluster_DiscoveryType as DiscoveryType,
  Cluster_DnsLookupFamily as DnsLookupFamily,
  Cluster_LbPolicy as LbPolicy,
} from "../../gen/envoy/config/cluster/v3/cluster_pb.ts";
export { HealthStatus } from "../../gen/envoy/config/core/v3/health_check_pb.ts";
export { HttpConnectionManager_CodecType as HttpCodec } from "../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts";
export { TlsParameters_TlsProtocol as TlsProtocol } from "../../gen/envoy/extensions/transport_sockets/tls/v3/common_pb.ts";
