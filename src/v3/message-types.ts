import type * as wkt from "@bufbuild/protobuf/wkt";
import type * as accessLog from "../../gen/envoy/config/accesslog/v3/accesslog_pb.ts";
import type * as address from "../../gen/envoy/config/core/v3/address_pb.ts";
import type * as base from "../../gen/envoy/config/core/v3/base_pb.ts";
import type * as configSource from "../../gen/envoy/config/core/v3/config_source_pb.ts";
import type * as healthCheck from "../../gen/envoy/config/core/v3/health_check_pb.ts";
import type * as endpoint from "../../gen/envoy/config/endpoint/v3/endpoint_components_pb.ts";
import type * as apiListener from "../../gen/envoy/config/listener/v3/api_listener_pb.ts";
import type * as filter from "../../gen/envoy/config/listener/v3/listener_components_pb.ts";
import type * as http from "../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts";

// The messages that makers return. All others are in `ts-control-plane/gen/…`.

/** `envoy.config.accesslog.v3.AccessLog` */
export type AccessLog = accessLog.AccessLog;
/** `envoy.config.core.v3.Address` */
export type Address = address.Address;
/** `google.protobuf.Any` */
export type Any = wkt.Any;
/** `envoy.config.listener.v3.ApiListener` */
export type ApiListener = apiListener.ApiListener;
/** `envoy.config.core.v3.ConfigSource` */
export type ConfigSource = configSource.ConfigSource;
/** `envoy.config.listener.v3.Filter`, a network filter */
export type Filter = filter.Filter;
/** `envoy.config.core.v3.HealthCheck` */
export type HealthCheck = healthCheck.HealthCheck;
/** `envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter` */
export type HttpFilter = http.HttpFilter;
/** `envoy.config.endpoint.v3.LbEndpoint` */
export type LbEndpoint = endpoint.LbEndpoint;
/** `envoy.config.endpoint.v3.LocalityLbEndpoints` */
export type LocalityLbEndpoints = endpoint.LocalityLbEndpoints;
/** `envoy.config.core.v3.TransportSocket` */
export type TransportSocket = base.TransportSocket;
