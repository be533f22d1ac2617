/** `type.googleapis.com/envoy.config.listener.v3.Listener`, served by LDS. */
export const LISTENER_TYPE = "type.googleapis.com/envoy.config.listener.v3.Listener";
/** `type.googleapis.com/envoy.config.cluster.v3.Cluster`, served by CDS. */
export const CLUSTER_TYPE = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
/** `type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment`, served by EDS. */
export const ENDPOINT_TYPE = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";
/** `type.googleapis.com/envoy.config.endpoint.v3.LbEndpoint`, served by LEDS. */
export const LB_ENDPOINT_TYPE = "type.googleapis.com/envoy.config.endpoint.v3.LbEndpoint";
/** `type.googleapis.com/envoy.config.route.v3.RouteConfiguration`, served by RDS. */
export const ROUTE_TYPE = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration";
/** `type.googleapis.com/envoy.config.route.v3.ScopedRouteConfiguration`, served by SRDS. */
export const SCOPED_ROUTE_TYPE = "type.googleapis.com/envoy.config.route.v3.ScopedRouteConfiguration";
/** `type.googleapis.com/envoy.config.route.v3.VirtualHost`, served by VHDS. */
export const VIRTUAL_HOST_TYPE = "type.googleapis.com/envoy.config.route.v3.VirtualHost";
/** `type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret`, served by SDS. */
export const SECRET_TYPE = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";
/** `type.googleapis.com/envoy.service.runtime.v3.Runtime`, served by RTDS. */
export const RUNTIME_TYPE = "type.googleapis.com/envoy.service.runtime.v3.Runtime";
/** `type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig`, served by ECDS. */
export const EXTENSION_CONFIG_TYPE = "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig";
/** `type.googleapis.com/ratelimit.config.ratelimit.v3.RateLimitConfig`, served to the rate-limit service. */
export const RATE_LIMIT_CONFIG_TYPE = "type.googleapis.com/ratelimit.config.ratelimit.v3.RateLimitConfig";
