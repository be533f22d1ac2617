import type { ClusterSchema } from "../../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import type { HealthCheckSchema } from "../../../gen/envoy/config/core/v3/health_check_pb.ts";
import type { Http2ProtocolOptionsSchema } from "../../../gen/envoy/config/core/v3/protocol_pb.ts";
import type { ClusterLoadAssignmentSchema } from "../../../gen/envoy/config/endpoint/v3/endpoint_pb.ts";
import type { ListenerSchema } from "../../../gen/envoy/config/listener/v3/listener_pb.ts";
import type {
  RedirectActionSchema,
  RetryPolicySchema,
  RouteActionSchema,
  RouteMatchSchema,
  RouteSchema,
  VirtualHostSchema,
} from "../../../gen/envoy/config/route/v3/route_components_pb.ts";
import type { RouteConfigurationSchema } from "../../../gen/envoy/config/route/v3/route_pb.ts";
import type { HttpConnectionManagerSchema } from "../../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts";
import type { TcpProxySchema } from "../../../gen/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy_pb.ts";
import type {
  CertificateValidationContextSchema,
  TlsCertificateSchema,
} from "../../../gen/envoy/extensions/transport_sockets/tls/v3/common_pb.ts";
import type {
  CommonTlsContextSchema,
  DownstreamTlsContextSchema,
  UpstreamTlsContextSchema,
} from "../../../gen/envoy/extensions/transport_sockets/tls/v3/tls_pb.ts";
import type { Fields } from "./fields.ts";

// The fields that makers take as they are: all of a message but those that the maker sets itself. The public names are
// aliases of these, as in `message-inits.ts`.
type Cluster = Omit<Fields<typeof ClusterSchema>, "name" | "clusterDiscoveryType" | "loadAssignment">;
type ClusterEndpoints = Omit<Fields<typeof ClusterLoadAssignmentSchema>, "clusterName" | "endpoints">;
type CommonTls = Omit<
  Fields<typeof CommonTlsContextSchema>,
  "alpnProtocols" | "tlsCertificates" | "tlsCertificateSdsSecretConfigs" | "validationContextType"
>;
type DownstreamTls = Omit<Fields<typeof DownstreamTlsContextSchema>, "commonTlsContext" | "requireClientCertificate">;
type Health = Omit<Fields<typeof HealthCheckSchema>, "healthChecker">;
type Http2 = Fields<typeof Http2ProtocolOptionsSchema>;
type HttpManager = Omit<Fields<typeof HttpConnectionManagerSchema>, "routeSpecifier" | "accessLog">;
type Listener = Omit<Fields<typeof ListenerSchema>, "name" | "address" | "accessLog" | "filterChains">;
type Match = Omit<Fields<typeof RouteMatchSchema>, "pathSpecifier">;
type Redirect = Omit<Fields<typeof RedirectActionSchema>, "schemeRewriteSpecifier" | "responseCode">;
type Retry = Omit<Fields<typeof RetryPolicySchema>, "numRetries" | "retryOn">;
type Route = Omit<Fields<typeof RouteSchema>, "match">;
type RouteAction = Omit<Fields<typeof RouteActionSchema>, "clusterSpecifier" | "timeout" | "retryPolicy">;
type RouteConfiguration = Omit<Fields<typeof RouteConfigurationSchema>, "name" | "virtualHosts">;
type Tcp = Omit<Fields<typeof TcpProxySchema>, "clusterSpecifier" | "accessLog">;
type TlsCertificate = Omit<Fields<typeof TlsCertificateSchema>, "certificateChain" | "privateKey">;
type UpstreamTls = Omit<Fields<typeof UpstreamTlsContextSchema>, "commonTlsContext" | "sni">;
type Validation = Omit<Fields<typeof CertificateValidationContextSchema>, "trustedCa">;
type VirtualHost = Omit<Fields<typeof VirtualHostSchema>, "domains" | "routes">;

/** Fields of `envoy.config.cluster.v3.Cluster`; durations also in milliseconds or as `"1.5s"`, as in all of these. */
export type ClusterFields = Cluster;
/** Fields of `envoy.config.endpoint.v3.ClusterLoadAssignment`. */
export type ClusterEndpointsFields = ClusterEndpoints;
/** Fields of `envoy.extensions.transport_sockets.tls.v3.CommonTlsContext`. */
export type CommonTlsFields = CommonTls;
/** Fields of `envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext`. */
export type DownstreamTlsFields = DownstreamTls;
/** Fields of `envoy.config.core.v3.HealthCheck`. */
export type HealthCheckFields = Health;
/** Fields of `envoy.config.core.v3.Http2ProtocolOptions`. */
export type Http2Fields = Http2;
/** Fields of `envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`. */
export type HttpManagerFields = HttpManager;
/** Fields of `envoy.config.listener.v3.Listener`. */
export type ListenerFields = Listener;
/** Fields of `envoy.config.route.v3.RouteMatch`. */
export type RouteMatchFields = Match;
/** Fields of `envoy.config.route.v3.RedirectAction`. */
export type RedirectFields = Redirect;
/** Fields of `envoy.config.route.v3.RetryPolicy`. */
export type RetryFields = Retry;
/** Fields of `envoy.config.route.v3.Route`. */
export type RouteFields = Route;
/** Fields of `envoy.config.route.v3.RouteAction`. */
export type RouteActionFields = RouteAction;
/** Fields of `envoy.config.route.v3.RouteConfiguration`. */
export type RouteConfigFields = RouteConfiguration;
/** Fields of `envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy`. */
export type TcpProxyFields = Tcp;
/** Fields of `envoy.extensions.transport_sockets.tls.v3.TlsCertificate`. */
export type TlsCertificateFields = TlsCertificate;
/** Fields of `envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext`. */
export type UpstreamTlsFields = UpstreamTls;
/** Fields of `envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext`. */
export type ValidationFields = Validation;
/** Fields of `envoy.config.route.v3.VirtualHost`. */
export type VirtualHostFields = VirtualHost;
