/**
 * Envoy's xDS API v3: makers of its resources, and the URLs of its types.
 *
 * @module
 */
export { hostEndpoint, locality, type LocalityOptions, socketAddress } from "./address.ts";
export * from "./bootstrap.ts";
export * from "./common/mod.ts";
export { ads, grpcSource, type GrpcSourceOptions, restSource, type RestSourceOptions } from "./config-source.ts";
export * from "./enums.ts";
export {
  cluster,
  endpoints,
  extensionConfig,
  lbEndpoint,
  listener,
  route,
  routeConfiguration,
  runtime,
  scopedRoute,
  secret,
  virtualHost,
  type VirtualHostOptions,
  virtualHostResource,
} from "./makers.ts";
export type {
  ClusterInit,
  ClusterLoadAssignmentInit,
  ExtensionConfigInit,
  HttpConnectionManagerInit,
  LbEndpointInit,
  ListenerInit,
  RouteConfigurationInit,
  RouterInit,
  RuntimeInit,
  ScopedRouteConfigurationInit,
  SecretInit,
  VirtualHostInit,
} from "./message-inits.ts";
export type {
  AccessLog,
  Address,
  Any,
  ApiListener,
  ConfigSource,
  Filter,
  HealthCheck,
  HttpFilter,
  LbEndpoint,
  LocalityLbEndpoints,
  TransportSocket,
} from "./message-types.ts";
export { v3 } from "./table.ts";
export { apiListener, httpConnectionManager, routerFilter, typedConfig } from "./typed-config.ts";
export * from "./types.ts";
