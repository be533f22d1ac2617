import * as cluster from "../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import * as health from "../../gen/envoy/config/core/v3/health_check_pb.ts";
import * as http from "../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts";
import * as tls from "../../gen/envoy/extensions/transport_sockets/tls/v3/common_pb.ts";

// The enums that makers take, so that no number stands in a configuration. All others are in `ts-control-plane/gen/…`.
// Aliases, as those of messages, since the linter of docs would have more of the generated code exported otherwise.

type DiscoveryTypes = typeof cluster.Cluster_DiscoveryType;
type DnsLookupFamilys = typeof cluster.Cluster_DnsLookupFamily;
type LbPolicys = typeof cluster.Cluster_LbPolicy;
type HealthStatuss = typeof health.HealthStatus;
type HttpCodecs = typeof http.HttpConnectionManager_CodecType;
type TlsProtocols = typeof tls.TlsParameters_TlsProtocol;

/** The values of {@link DiscoveryType} by name. */
export type DiscoveryTypeValues = DiscoveryTypes;
/** How the hosts of a cluster are found: `DiscoveryType.EDS`, …; for the oneof `clusterDiscoveryType` of a cluster. */
export const DiscoveryType: DiscoveryTypeValues = cluster.Cluster_DiscoveryType;
/** One of the values of {@link DiscoveryType}. */
export type DiscoveryType = cluster.Cluster_DiscoveryType;

/** The values of {@link DnsLookupFamily} by name. */
export type DnsLookupFamilyValues = DnsLookupFamilys;
/** Which addresses of a name are used: `DnsLookupFamily.V4_ONLY`, …; for the field `dnsLookupFamily` of a cluster. */
export const DnsLookupFamily: DnsLookupFamilyValues = cluster.Cluster_DnsLookupFamily;
/** One of the values of {@link DnsLookupFamily}. */
export type DnsLookupFamily = cluster.Cluster_DnsLookupFamily;

/** The values of {@link LbPolicy} by name. */
export type LbPolicyValues = LbPolicys;
/** How a host is chosen: `LbPolicy.LEAST_REQUEST`, …; for the field `lbPolicy` of a cluster. */
export const LbPolicy: LbPolicyValues = cluster.Cluster_LbPolicy;
/** One of the values of {@link LbPolicy}. */
export type LbPolicy = cluster.Cluster_LbPolicy;

/** The values of {@link HealthStatus} by name. */
export type HealthStatusValues = HealthStatuss;
/** The health of a host: `HealthStatus.DRAINING`, …; for the property `health` of a host. */
export const HealthStatus: HealthStatusValues = health.HealthStatus;
/** One of the values of {@link HealthStatus}. */
export type HealthStatus = health.HealthStatus;

/** The values of {@link HttpCodec} by name. */
export type HttpCodecValues = HttpCodecs;
/** Which versions of HTTP a listener takes: `HttpCodec.HTTP2`, …; for the field `codecType` of its `http`. */
export const HttpCodec: HttpCodecValues = http.HttpConnectionManager_CodecType;
/** One of the values of {@link HttpCodec}. */
export type HttpCodec = http.HttpConnectionManager_CodecType;

/** The values of {@link TlsProtocol} by name. */
export type TlsProtocolValues = TlsProtocols;
/** A version of TLS: `TlsProtocol.TLSv1_3`, …; for `common: { tlsParams: { tlsMinimumProtocolVersion } }`. */
export const TlsProtocol: TlsProtocolValues = tls.TlsParameters_TlsProtocol;
/** One of the values of {@link TlsProtocol}. */
export type TlsProtocol = tls.TlsParameters_TlsProtocol;
