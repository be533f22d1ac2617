import type { ClusterSchema } from "../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import type { TypedExtensionConfigSchema } from "../../gen/envoy/config/core/v3/extension_pb.ts";
import type { LbEndpointSchema } from "../../gen/envoy/config/endpoint/v3/endpoint_components_pb.ts";
import type { ClusterLoadAssignmentSchema } from "../../gen/envoy/config/endpoint/v3/endpoint_pb.ts";
import type { ListenerSchema } from "../../gen/envoy/config/listener/v3/listener_pb.ts";
import type { VirtualHostSchema } from "../../gen/envoy/config/route/v3/route_components_pb.ts";
import type { RouteConfigurationSchema } from "../../gen/envoy/config/route/v3/route_pb.ts";
import type { ScopedRouteConfigurationSchema } from "../../gen/envoy/config/route/v3/scoped_route_pb.ts";
import type { RouterSchema } from "../../gen/envoy/extensions/filters/http/router/v3/router_pb.ts";
import type { HttpConnectionManagerSchema } from "../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts";
import type { SecretSchema } from "../../gen/envoy/extensions/transport_sockets/tls/v3/secret_pb.ts";
import type { RuntimeSchema } from "../../gen/envoy/service/runtime/v3/rtds_pb.ts";
import type { MessageInitShape } from "../resource/mod.ts";

// What makers take: a message, or any of its fields. The public names are aliases of these, since the linter of docs
// would have the generated types exported otherwise, and all that these refer to.
type Cluster = MessageInitShape<typeof ClusterSchema>;
type ClusterLoadAssignment = MessageInitShape<typeof ClusterLoadAssignmentSchema>;
type ExtensionConfig = MessageInitShape<typeof TypedExtensionConfigSchema>;
type HttpConnectionManager = MessageInitShape<typeof HttpConnectionManagerSchema>;
type LbEndpoint = MessageInitShape<typeof LbEndpointSchema>;
type Listener = MessageInitShape<typeof ListenerSchema>;
type RouteConfiguration = MessageInitShape<typeof RouteConfigurationSchema>;
type Router = MessageInitShape<typeof RouterSchema>;
type Runtime = MessageInitShape<typeof RuntimeSchema>;
type ScopedRouteConfiguration = MessageInitShape<typeof ScopedRouteConfigurationSchema>;
type Secret = MessageInitShape<typeof SecretSchema>;
type VirtualHost = MessageInitShape<typeof VirtualHostSchema>;

/** An `envoy.config.cluster.v3.Cluster`, or fields of it. */
export type ClusterInit = Cluster;
/** An `envoy.config.endpoint.v3.ClusterLoadAssignment`, or fields of it. */
export type ClusterLoadAssignmentInit = ClusterLoadAssignment;
/** An `envoy.config.core.v3.TypedExtensionConfig`, or fields of it. */
export type ExtensionConfigInit = ExtensionConfig;
/** An `envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`, or fields of it. */
export type HttpConnectionManagerInit = HttpConnectionManager;
/** An `envoy.config.endpoint.v3.LbEndpoint`, or fields of it. */
export type LbEndpointInit = LbEndpoint;
/** An `envoy.config.listener.v3.Listener`, or fields of it. */
export type ListenerInit = Listener;
/** An `envoy.config.route.v3.RouteConfiguration`, or fields of it. */
export type RouteConfigurationInit = RouteConfiguration;
/** An `envoy.extensions.filters.http.router.v3.Router`, or fields of it. */
export type RouterInit = Router;
/** An `envoy.service.runtime.v3.Runtime`, or fields of it. */
export type RuntimeInit = Runtime;
/** An `envoy.config.route.v3.ScopedRouteConfiguration`, or fields of it. */
export type ScopedRouteConfigurationInit = ScopedRouteConfiguration;
/** An `envoy.extensions.transport_sockets.tls.v3.Secret`, or fields of it. */
export type SecretInit = Secret;
/** An `envoy.config.route.v3.VirtualHost`, or fields of it. */
export type VirtualHostInit = VirtualHost;
