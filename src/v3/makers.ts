import { ClusterSchema } from "../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { TypedExtensionConfigSchema } from "../../gen/envoy/config/core/v3/extension_pb.ts";
import { LbEndpointSchema } from "../../gen/envoy/config/endpoint/v3/endpoint_components_pb.ts";
import { ClusterLoadAssignmentSchema } from "../../gen/envoy/config/endpoint/v3/endpoint_pb.ts";
import { ListenerSchema } from "../../gen/envoy/config/listener/v3/listener_pb.ts";
import { VirtualHostSchema } from "../../gen/envoy/config/route/v3/route_components_pb.ts";
import { RouteConfigurationSchema } from "../../gen/envoy/config/route/v3/route_pb.ts";
import { ScopedRouteConfigurationSchema } from "../../gen/envoy/config/route/v3/scoped_route_pb.ts";
import { SecretSchema } from "../../gen/envoy/extensions/transport_sockets/tls/v3/secret_pb.ts";
import { RuntimeSchema } from "../../gen/envoy/service/runtime/v3/rtds_pb.ts";
import { type Resource, resource, type ResourceOptions } from "../resource/mod.ts";
import type {
  ClusterInit,
  ClusterLoadAssignmentInit,
  ExtensionConfigInit,
  LbEndpointInit,
  ListenerInit,
  RouteConfigurationInit,
  RuntimeInit,
  ScopedRouteConfigurationInit,
  SecretInit,
  VirtualHostInit,
} from "./message-inits.ts";

/** Makes a cluster, served by CDS. Its name is the field `name`. */
export function cluster(init: ClusterInit, options?: ResourceOptions): Resource {
  return resource(ClusterSchema, init, options);
}

/** Makes the endpoints of a cluster, served by EDS. The name is the field `clusterName`. */
export function endpoints(
  init: ClusterLoadAssignmentInit,
  options?: ResourceOptions,
): Resource {
  return resource(ClusterLoadAssignmentSchema, init, options);
}

/** Makes a single endpoint, served by LEDS. The name is required, since the message has none. */
export function lbEndpoint(
  init: LbEndpointInit,
  options: ResourceOptions & { readonly name: string },
): Resource {
  return resource(LbEndpointSchema, init, options);
}

/** Makes a listener, served by LDS. Its name is the field `name`. */
export function listener(init: ListenerInit, options?: ResourceOptions): Resource {
  return resource(ListenerSchema, init, options);
}

/**
 * Makes a route configuration, served by RDS, of its message. Its name is the field `name`. {@link routeConfig} makes one
 * of a short form.
 */
export function routeConfiguration(init: RouteConfigurationInit, options?: ResourceOptions): Resource {
  return resource(RouteConfigurationSchema, init, options);
}

/** @deprecated Makes a route configuration, and not a route; use {@link routeConfiguration}, which is the same. */
export const route: typeof routeConfiguration = routeConfiguration;

/** Makes a scoped route configuration, served by SRDS. Its name is the field `name`. */
export function scopedRoute(
  init: ScopedRouteConfigurationInit,
  options?: ResourceOptions,
): Resource {
  return resource(ScopedRouteConfigurationSchema, init, options);
}

/** The options of a virtual host, whose name as a resource begins with that of its route configuration. */
export interface VirtualHostOptions extends Omit<ResourceOptions, "name"> {
  /** The name of the route configuration that the virtual host belongs to. */
  readonly routeConfig: string;
}

/**
 * Makes a virtual host, served by VHDS as `<route configuration>/<virtual host>`; not one of those in a route
 * configuration, which are plain messages.
 *
 * The message has that name as well, since Envoy finds a virtual host that is removed by the name in the message.
 *
 * @throws TypeError if the field `name` is empty
 */
export function virtualHostResource(
  init: VirtualHostInit,
  { routeConfig, ...options }: VirtualHostOptions,
): Resource {
  if (!init.name) throw new TypeError("Cannot name a virtual host: its field name is empty");
  const name = `${routeConfig}/${init.name}`;
  return resource(VirtualHostSchema, { ...init, name }, { ...options, name });
}

/**
 * @deprecated Makes a resource of VHDS, and not a virtual host of a route configuration; use {@link virtualHostResource},
 * which is the same.
 */
export const virtualHost: typeof virtualHostResource = virtualHostResource;

/** Makes a secret, served by SDS. Its name is the field `name`. */
export function secret(init: SecretInit, options?: ResourceOptions): Resource {
  return resource(SecretSchema, init, options);
}

/** Makes a runtime layer, served by RTDS. Its name is the field `name`. */
export function runtime(init: RuntimeInit, options?: ResourceOptions): Resource {
  return resource(RuntimeSchema, init, options);
}

/** Makes the configuration of an extension, served by ECDS. Its name is the field `name`. */
export function extensionConfig(
  init: ExtensionConfigInit,
  options?: ResourceOptions,
): Resource {
  return resource(TypedExtensionConfigSchema, init, options);
}
