import { clone, create, isMessage } from "@bufbuild/protobuf";
import { AnySchema } from "@bufbuild/protobuf/wkt";
import { ApiListenerSchema } from "../../gen/envoy/config/listener/v3/api_listener_pb.ts";
import { FilterSchema } from "../../gen/envoy/config/listener/v3/listener_components_pb.ts";
import { RouterSchema } from "../../gen/envoy/extensions/filters/http/router/v3/router_pb.ts";
import {
  type HttpConnectionManager,
  HttpConnectionManagerSchema,
  HttpFilterSchema,
} from "../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts";
import { type DescMessage, encode, type MessageInitShape, TYPE_URL_PREFIX } from "../resource/mod.ts";
import type { HttpConnectionManagerInit, RouterInit } from "./message-inits.ts";
import type { Any, ApiListener, Filter, HttpFilter } from "./message-types.ts";

/**
 * Packs a message for a field `typedConfig`. Equal messages give equal bytes, so that the version of a resource with it
 * depends on its content only.
 *
 * @param schema - the descriptor of the message's type
 * @param init - the message, or fields of it
 */
export function typedConfig<D extends DescMessage>(schema: D, init: MessageInitShape<D>): Any {
  return create(AnySchema, {
    typeUrl: TYPE_URL_PREFIX + schema.typeName,
    value: encode(schema, init),
  });
}

/**
 * Makes the network filter for HTTP, for a listener's filter chain.
 *
 * @param init - the HTTP connection manager. Default of `httpFilters`: the router, without which no request is routed; of
 * `statPrefix`, which Envoy requires: `http`.
 */
export function httpConnectionManager(init: HttpConnectionManagerInit): Filter {
  return create(FilterSchema, {
    name: "envoy.filters.network.http_connection_manager",
    configType: { case: "typedConfig", value: packManager(init) },
  });
}

/**
 * Makes the field `apiListener` of a listener without an address, for gRPC clients that dial
 * `xds:///<name of the listener>`.
 *
 * @param init - the HTTP connection manager, with the same defaults as for {@link httpConnectionManager}
 */
export function apiListener(init: HttpConnectionManagerInit): ApiListener {
  return create(ApiListenerSchema, { apiListener: packManager(init) });
}

/** Makes the HTTP filter that routes requests: the last one of every HTTP connection manager. */
export function routerFilter(init: RouterInit = {}): HttpFilter {
  return create(HttpFilterSchema, {
    name: "envoy.filters.http.router",
    configType: { case: "typedConfig", value: typedConfig(RouterSchema, init) },
  });
}

function packManager(init: HttpConnectionManagerInit): Any {
  const manager = copyOf(init);
  if (manager.httpFilters.length === 0) manager.httpFilters = [routerFilter()];
  if (manager.statPrefix === "") manager.statPrefix = "http";
  return typedConfig(HttpConnectionManagerSchema, manager);
}

function copyOf(init: HttpConnectionManagerInit): HttpConnectionManager {
  const schema = HttpConnectionManagerSchema;
  return isMessage(init, schema) ? clone(schema, init) : create(schema, init);
}
