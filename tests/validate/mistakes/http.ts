import { router } from "./parts.ts";
import { any, type Json } from "./json.ts";
import { edgeManagerOf, inlineManagerOf, mistakes } from "./mistake.ts";

const HTTP = "envoy.extensions.filters.http";

export const HTTP_FILTERS = mistakes({
  "http: no prefix of statistics": (config) => edgeManagerOf(config).stat_prefix = "",
  "http: no routes": (config) => delete edgeManagerOf(config).rds,
  "http: no filters": (config) => inlineManagerOf(config).http_filters = [],
  "http: no router": (config) =>
    inlineManagerOf(config).http_filters = [{ name: "cors", typed_config: any(`${HTTP}.cors.v3.Cors`) }],
  "http: a filter over ECDS in place of the router": (config) => edgeManagerOf(config).http_filters.pop(),
  "http: filter after the router": (config) => edgeManagerOf(config).http_filters.reverse(),
  "http: two routers": (config) => inlineManagerOf(config).http_filters.push({ ...router(), name: "router2" }),
  "http: router that is disabled": (config) => inlineManagerOf(config).http_filters[0].disabled = true,
  "http: filter without a configuration": (config) => delete edgeManagerOf(config).http_filters[0].typed_config,
  "http: filter without a name": (config) => edgeManagerOf(config).http_filters[0].name = "",
  "http: filter of a type that is no filter": (config) =>
    edgeManagerOf(config).http_filters[0].typed_config = any("google.protobuf.StringValue", { value: "a" }),
  "http: the type of a network filter": (config) =>
    edgeManagerOf(config).http_filters[0].typed_config = any("envoy.extensions.filters.network.echo.v3.Echo"),
  "http: filter over ECDS without its types": (config) =>
    delete edgeManagerOf(config).http_filters[4].config_discovery.type_urls,
  "http: filter over ECDS that does not exist": ({ extensions }) => delete extensions["extra"],
  "http: filter over ECDS of a type that is not listed": ({ extensions }) => {
    extensions["extra"].typed_config = any(`${HTTP}.cors.v3.Cors`);
  },
  "http: upgrade that is there twice": (config) =>
    edgeManagerOf(config).upgrade_configs = [{ upgrade_type: "websocket" }, { upgrade_type: "WebSocket" }],
  "http: max_request_headers_kb of 0": (config) => edgeManagerOf(config).max_request_headers_kb = 0,
  "http: address of the client from two places": (config) =>
    edgeManagerOf(config).original_ip_detection_extensions = [{
      name: "header",
      typed_config: any("envoy.extensions.http.original_ip_detection.custom_header.v3.CustomHeaderConfig", {
        header_name: "x-client",
      }),
    }],
  "http: JWT provider that is unknown": (config) =>
    edgeManagerOf(config).http_filters[1].typed_config.rules[0].requires = { provider_name: "isuer" },
  "http: JWT keys that are no JSON": (config) =>
    edgeManagerOf(config).http_filters[1].typed_config.providers.issuer.local_jwks = { inline_string: "{keys" },
  "http: JWT keys without any": (config) =>
    edgeManagerOf(config).http_filters[1].typed_config.providers.issuer.local_jwks = { inline_string: '{"keys":[]}' },
  "http: JWT provider without keys": (config) =>
    delete edgeManagerOf(config).http_filters[1].typed_config.providers.issuer.local_jwks,
  "http: JWT keys from an unknown cluster": (config) => {
    const { issuer } = edgeManagerOf(config).http_filters[1].typed_config.providers;
    delete issuer.local_jwks;
    issuer.remote_jwks = { http_uri: { uri: "https://issuer/keys", cluster: "isuer", timeout: "1s" } };
  },
  "http: local rate limit that refills each millisecond": (config) =>
    edgeManagerOf(config).http_filters[2].typed_config.token_bucket.fill_interval = "0.001s",
  "http: local rate limit without tokens": (config) =>
    edgeManagerOf(config).http_filters[2].typed_config.token_bucket.max_tokens = 0,
  "http: authorization by an unknown cluster": (config) =>
    edgeManagerOf(config).http_filters[3].typed_config.grpc_service.envoy_grpc.cluster_name = "atuh",
  "http: authorization by a gRPC cluster without a name": (config) =>
    edgeManagerOf(config).http_filters[3].typed_config.grpc_service.envoy_grpc.cluster_name = "",
  "http: authorization without a service": (config) =>
    delete edgeManagerOf(config).http_filters[3].typed_config.grpc_service,
  "http: authorization of version AUTO": (config) =>
    delete edgeManagerOf(config).http_filters[3].typed_config.transport_api_version,
  "http: fault of an unknown cluster's percentage": (config) =>
    edgeManagerOf(config).http_filters[0] = {
      name: "fault",
      typed_config: any(`${HTTP}.fault.v3.HTTPFault`, { abort: { http_status: 99, percentage: { numerator: 1 } } }),
    },
  "http: buffer of 0 bytes": (config) =>
    edgeManagerOf(config).http_filters[0] = {
      name: "buffer",
      typed_config: any(`${HTTP}.buffer.v3.Buffer`, { max_request_bytes: 0 }),
    },
  "http: compressor without a library": (config) =>
    edgeManagerOf(config).http_filters[0] = { name: "gzip", typed_config: any(`${HTTP}.compressor.v3.Compressor`) },
  "http: Lua that does not parse": (config) =>
    edgeManagerOf(config).http_filters[0] = {
      name: "lua",
      typed_config: any(`${HTTP}.lua.v3.Lua`, { default_source_code: { inline_string: "function (" } }),
    },
  "http: TypedStruct that breaks a rule of the API": (config) =>
    edgeManagerOf(config).http_filters[0] = inStruct(`${HTTP}.buffer.v3.Buffer`, { max_request_bytes: 0 }),
  "http: TypedStruct with a value of another type": (config) =>
    edgeManagerOf(config).http_filters[0] = inStruct(`${HTTP}.buffer.v3.Buffer`, { max_request_bytes: "many" }),
  "http: TypedStruct with a field that does not exist": (config) =>
    edgeManagerOf(config).http_filters[0] = inStruct(`${HTTP}.buffer.v3.Buffer`, { max_request_bytes: 1, max: 1 }),
  "http: TypedStruct of UDPA with a bad regular expression": (config) =>
    edgeManagerOf(config).http_filters[0] = inStruct(`${HTTP}.health_check.v3.HealthCheck`, {
      pass_through_mode: false,
      headers: [{ name: ":path", string_match: { safe_regex: { regex: "[" } } }],
    }, "udpa.type.v1.TypedStruct"),
  "http: TypedStruct of a type that is no filter": (config) =>
    edgeManagerOf(config).http_filters[0] = inStruct("envoy.extensions.filters.network.echo.v3.Echo", {}),
  "http: TypedStruct without a type": (config) =>
    edgeManagerOf(config).http_filters[0] = { name: "a", typed_config: any("xds.type.v3.TypedStruct", { value: {} }) },
  "http: TypedStruct over ECDS of a type that is not listed": ({ extensions }) =>
    extensions["extra"].typed_config = inStruct(`${HTTP}.cors.v3.Cors`, {}).typed_config,
  "http: TypedStruct of the router before another filter": (config) =>
    edgeManagerOf(config).http_filters[0] = inStruct(`${HTTP}.router.v3.Router`, {}),
  "http: TypedStruct of a type that does not exist": (config) =>
    edgeManagerOf(config).http_filters[0] = inStruct(`${HTTP}.buffer.v3.Bufer`, {}),
  "http: JWT requirement that is unknown": (config) =>
    edgeManagerOf(config).http_filters[1].typed_config.rules[0] = {
      match: { prefix: "/admin" },
      requirement_name: "admin",
    },
  "http: processing without a service": (config) =>
    edgeManagerOf(config).http_filters[0] = {
      name: "process",
      typed_config: any(`${HTTP}.ext_proc.v3.ExternalProcessor`),
    },
  "http: ports stripped in two ways": (config) => {
    edgeManagerOf(config).strip_matching_host_port = true;
    edgeManagerOf(config).strip_any_host_port = true;
  },
  "http: scope by the second element without a separator": ({ listeners }) =>
    extractorOf(listeners).header_value_extractor = { name: "x-scope", index: 1 },
  "http: scope by a header without a part of it": ({ listeners }) =>
    extractorOf(listeners).header_value_extractor = { name: "x-scope", element_separator: "," },
  "http: rate limit without a domain": (config) =>
    edgeManagerOf(config).http_filters[0] = {
      name: "ratelimit",
      typed_config: any(`${HTTP}.ratelimit.v3.RateLimit`, {
        rate_limit_service: { grpc_service: { envoy_grpc: { cluster_name: "auth" } }, transport_api_version: "V3" },
      }),
    },
  "http: health check with a bad regular expression": (config) =>
    edgeManagerOf(config).http_filters[0] = {
      name: "health",
      typed_config: any(`${HTTP}.health_check.v3.HealthCheck`, {
        pass_through_mode: false,
        headers: [{ name: ":path", string_match: { safe_regex: { regex: "[" } } }],
      }),
    },
  "http: sampling above 100 percent": (config) => edgeManagerOf(config).tracing = { random_sampling: { value: 101 } },
});

/** A filter whose configuration is JSON within a message. */
function inStruct(type: string, value: Json, wrapper = "xds.type.v3.TypedStruct"): Json {
  return { name: "struct", typed_config: any(wrapper, { type_url: `type.googleapis.com/${type}`, value }) };
}

function extractorOf(listeners: Json): Json {
  return listeners["scoped"].filter_chains[0].filters[0].typed_config.scoped_routes.scope_key_builder.fragments[0];
}
