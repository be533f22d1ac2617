/** `type.googleapis.com/envoy.api.v2.Listener`, served by LDS. */
export const LISTENER_TYPE = "type.googleapis.com/envoy.api.v2.Listener";
/** `type.googleapis.com/envoy.api.v2.Cluster`, served by CDS. */
export const CLUSTER_TYPE = "type.googleapis.com/envoy.api.v2.Cluster";
/** `type.googleapis.com/envoy.api.v2.ClusterLoadAssignment`, served by EDS. */
export const ENDPOINT_TYPE = "type.googleapis.com/envoy.api.v2.ClusterLoadAssignment";
/** `type.googleapis.com/envoy.api.v2.RouteConfiguration`, served by RDS. */
export const ROUTE_TYPE = "type.googleapis.com/envoy.api.v2.RouteConfiguration";
/** `type.googleapis.com/envoy.api.v2.ScopedRouteConfiguration`, served by SRDS. */
export const SCOPED_ROUTE_TYPE = "type.googleapis.com/envoy.api.v2.ScopedRouteConfiguration";
/** `type.googleapis.com/envoy.api.v2.route.VirtualHost`, served by VHDS. */
export const VIRTUAL_HOST_TYPE = "type.googleapis.com/envoy.api.v2.route.VirtualHost";
/** `type.googleapis.com/envoy.api.v2.auth.Secret`, served by SDS. */
export const SECRET_TYPE = "type.googleapis.com/envoy.api.v2.auth.Secret";
/** `type.googleapis.com/envoy.service.discovery.v2.Runtime`, served by RTDS. */
export const RUNTIME_TYPE = "type.googleapis.com/envoy.service.discovery.v2.Runtime";
