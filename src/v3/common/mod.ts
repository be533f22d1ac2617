export { accessLog, type AccessLogOptions, type LogFields } from "./access-log.ts";
export { clusterEndpoints, type ClusterEndpointsOptions } from "./cluster-endpoints.ts";
export {
  type ClusterOptions,
  dnsCluster,
  type DnsClusterOptions,
  edsCluster,
  type EdsClusterOptions,
  staticCluster,
} from "./clusters.ts";
export { duration, type DurationFields, type DurationValue } from "./duration.ts";
export { healthCheck, type HealthCheckOptions } from "./health-check.ts";
export type { Host, HostLocality, HostMetadata, HostOptions } from "./host.ts";
export { http2Upstream } from "./http2-upstream.ts";
export {
  grpcTarget,
  type GrpcTargetOptions,
  httpListener,
  type HttpListenerOptions,
  type HttpRoutingOptions,
  type ListenerOptions,
  tcpListener,
  type TcpListenerOptions,
} from "./listeners.ts";
export type {
  ClusterEndpointsFields,
  ClusterFields,
  CommonTlsFields,
  DownstreamTlsFields,
  HealthCheckFields,
  Http2Fields,
  HttpManagerFields,
  ListenerFields,
  RedirectFields,
  RetryFields,
  RouteActionFields,
  RouteConfigFields,
  RouteFields,
  RouteMatchFields,
  TcpProxyFields,
  TlsCertificateFields,
  UpstreamTlsFields,
  ValidationFields,
  VirtualHostFields,
} from "./message-fields.ts";
export type { Pem } from "./pem.ts";
export type { RedirectOptions } from "./redirect.ts";
export type { ResourcePart } from "./resource-part.ts";
export type { ForwardOptions, RetryOptions, RewriteOptions } from "./route-action.ts";
export { routeConfig, type RouteConfigOptions } from "./route-config.ts";
export type { RouteMatchOptions, ValueMatch } from "./route-match.ts";
export type { DirectResponse, RouteRule, RouteTarget } from "./route-rule.ts";
export type { DomainRoutes, HostRoutes, Routes, RouteTable } from "./routes.ts";
export {
  type CertificateAndKey,
  tlsCertificate,
  type TlsCertificateOptions,
  trustedCa,
  type TrustedCaOptions,
} from "./secrets.ts";
export {
  downstreamTls,
  type DownstreamTlsOptions,
  type TlsOptions,
  upstreamTls,
  type UpstreamTlsOptions,
} from "./tls.ts";
export type { ClusterWeights } from "./weights.ts";
