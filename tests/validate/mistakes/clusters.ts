import { ADS, endpointsAt } from "./parts.ts";
import { any, type Json } from "./json.ts";
import { mistakes } from "./mistake.ts";

const HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

export const CLUSTERS = mistakes({
  "cluster: connect_timeout of 0": ({ clusters }) => clusters["web"].connect_timeout = "0s",
  "cluster: negative connect_timeout": ({ clusters }) => clusters["web"].connect_timeout = "-1s",
  "cluster: no name in the message": ({ clusters }) => clusters["web"].name = "",
  "cluster: STATIC with a host name": ({ clusters }) =>
    clusters["local"].load_assignment = endpointsAt("local", "localhost", 80),
  "cluster: STATIC with an IP address and port in one": ({ clusters }) =>
    clusters["local"].load_assignment = endpointsAt("local", "127.0.0.1:80", 80),
  "cluster: port above 65535": ({ clusters }) =>
    clusters["local"].load_assignment = endpointsAt("local", "127.0.0.1", 65_536),
  "cluster: endpoint without an address": ({ clusters }) =>
    clusters["local"].load_assignment.endpoints[0].lb_endpoints[0].endpoint = {},
  "cluster: socket address without a port": ({ clusters }) => {
    delete clusters["local"].load_assignment.endpoints[0].lb_endpoints[0].endpoint.address.socket_address.port_value;
  },
  "cluster: named port": ({ clusters }) => {
    const { socket_address } = clusters["local"].load_assignment.endpoints[0].lb_endpoints[0].endpoint.address;
    delete socket_address.port_value;
    socket_address.named_port = "http";
  },
  "cluster: STATIC without endpoints": ({ clusters }) => delete clusters["local"].load_assignment,
  "cluster: STRICT_DNS without endpoints": ({ clusters }) => delete clusters["auth"].load_assignment,
  "cluster: LOGICAL_DNS with two endpoints": ({ clusters }) => {
    const { lb_endpoints } = clusters["logical"].load_assignment.endpoints[0];
    lb_endpoints.push(lb_endpoints[0]);
  },
  "cluster: LOGICAL_DNS with two localities": ({ clusters }) => {
    const { endpoints } = clusters["logical"].load_assignment;
    endpoints.push(endpoints[0]);
  },
  "cluster: LOGICAL_DNS without endpoints": ({ clusters }) => delete clusters["logical"].load_assignment,
  "cluster: load_assignment of another name": ({ clusters }) =>
    clusters["local"].load_assignment.cluster_name = "locale",
  "cluster: EDS without eds_cluster_config": ({ clusters }) => delete clusters["web"].eds_cluster_config,
  "cluster: EDS without a source": ({ clusters }) => clusters["web"].eds_cluster_config = {},
  "cluster: eds_cluster_config in a STATIC cluster": ({ clusters }) =>
    clusters["local"].eds_cluster_config = { eds_config: ADS },
  "cluster: EDS with a load_assignment": ({ clusters }) =>
    clusters["web"].load_assignment = endpointsAt("web", "127.0.0.1", 80),
  "cluster: EDS source of version AUTO": ({ clusters }) => clusters["web"].eds_cluster_config.eds_config = { ads: {} },
  "cluster: EDS over gRPC without a service": ({ clusters }) =>
    clusters["web"].eds_cluster_config.eds_config = {
      resource_api_version: "V3",
      api_config_source: { api_type: "GRPC", transport_api_version: "V3" },
    },
  "cluster: EDS over gRPC of version AUTO": ({ clusters }) =>
    clusters["web"].eds_cluster_config.eds_config = {
      resource_api_version: "V3",
      api_config_source: { api_type: "GRPC", grpc_services: [{ envoy_grpc: { cluster_name: "xds" } }] },
    },
  "cluster: EDS over REST without refresh_delay": ({ clusters }) =>
    clusters["web"].eds_cluster_config.eds_config = {
      resource_api_version: "V3",
      api_config_source: { api_type: "REST", transport_api_version: "V3", cluster_names: ["xds"] },
    },
  "cluster: EDS over REST with a gRPC service": ({ clusters }) =>
    clusters["web"].eds_cluster_config.eds_config = {
      resource_api_version: "V3",
      api_config_source: {
        api_type: "REST",
        transport_api_version: "V3",
        refresh_delay: "1s",
        grpc_services: [{ envoy_grpc: { cluster_name: "xds" } }],
      },
    },
  "cluster: EDS over gRPC with cluster_names": ({ clusters }) =>
    clusters["web"].eds_cluster_config.eds_config = {
      resource_api_version: "V3",
      api_config_source: { api_type: "GRPC", transport_api_version: "V3", cluster_names: ["xds"] },
    },
  "cluster: ORIGINAL_DST with ROUND_ROBIN": ({ clusters }) => {
    clusters["local"].type = "ORIGINAL_DST";
    delete clusters["local"].load_assignment;
  },
  "cluster: CLUSTER_PROVIDED with STATIC": ({ clusters }) => clusters["local"].lb_policy = "CLUSTER_PROVIDED",
  "cluster: hash ring whose minimum is above its maximum": ({ clusters }) =>
    clusters["api"].ring_hash_lb_config = { minimum_ring_size: "2048", maximum_ring_size: "1024" },
  "cluster: hash ring that is too large": ({ clusters }) =>
    clusters["api"].ring_hash_lb_config = { minimum_ring_size: "8388609" },
  "cluster: Maglev table that is no prime": ({ clusters }) => {
    clusters["local"].lb_policy = "MAGLEV";
    clusters["local"].maglev_lb_config = { table_size: "65536" };
  },
  "cluster: HTTP options under another key": ({ clusters }) => {
    const options = clusters["auth"].typed_extension_protocol_options;
    options["envoy.http"] = options[HTTP_OPTIONS];
    delete options[HTTP_OPTIONS];
  },
  "cluster: HTTP options without a protocol": ({ clusters }) =>
    clusters["auth"].typed_extension_protocol_options[HTTP_OPTIONS] = any(HTTP_OPTIONS),
  "cluster: health check by gRPC without HTTP/2": ({ clusters }) =>
    delete clusters["auth"].typed_extension_protocol_options,
  "cluster: health check without a kind": ({ clusters }) => delete clusters["auth"].health_checks[0].grpc_health_check,
  "cluster: health check without a timeout": ({ clusters }) => delete clusters["auth"].health_checks[0].timeout,
  "cluster: health check without a threshold": ({ clusters }) =>
    delete clusters["auth"].health_checks[0].healthy_threshold,
  "cluster: HTTP health check without a path": ({ clusters }) =>
    clusters["auth"].health_checks[0] = {
      timeout: "1s",
      interval: "5s",
      unhealthy_threshold: 2,
      healthy_threshold: 1,
      http_health_check: {},
    },
  "cluster: max_ejection_percent above 100": ({ clusters }) =>
    clusters["api"].outlier_detection.max_ejection_percent = 120,
  "cluster: outlier interval of 0": ({ clusters }) => clusters["api"].outlier_detection.interval = "0s",
  "cluster: aggregate of none": ({ clusters }) => clusters["both"].cluster_type.typed_config.clusters = [],
  "cluster: aggregate of an unknown cluster": ({ clusters }) =>
    clusters["both"].cluster_type.typed_config.clusters.push("wbe"),
  "cluster: aggregate with ROUND_ROBIN": ({ clusters }) => delete clusters["both"].lb_policy,
  "cluster: cluster_type that is unknown": ({ clusters }) =>
    clusters["both"].cluster_type = { name: "mine", typed_config: any("google.protobuf.StringValue", { value: "a" }) },
  "cluster: transport socket that is unknown": ({ clusters }) =>
    clusters["local"].transport_socket = {
      name: "mine",
      typed_config: any("google.protobuf.StringValue", { value: "a" }),
    },
  "cluster: source address that is a host name": ({ clusters }) =>
    clusters["local"].upstream_bind_config = { source_address: { address: "localhost", port_value: 0 } },
  "cluster: subset selector without keys": ({ clusters }) =>
    clusters["local"].lb_subset_config = { fallback_policy: "NO_FALLBACK", subset_selectors: [{}] },
  "cluster: panic threshold above 100": ({ clusters }) =>
    clusters["local"].common_lb_config = { healthy_panic_threshold: { value: 101 } },
  "cluster: preconnect ratio below 1": ({ clusters }) =>
    clusters["local"].preconnect_policy = { per_upstream_preconnect_ratio: 0.5 },
  "cluster: dns_refresh_rate of 0": ({ clusters }) => clusters["auth"].dns_refresh_rate = "0s",
  "cluster: weight of 0 in an endpoint": ({ clusters }) =>
    clusters["local"].load_assignment.endpoints[0].lb_endpoints[0].load_balancing_weight = 0,
  "cluster: health check of statuses that end before they begin": ({ clusters }) =>
    clusters["local"].health_checks = healthChecks({
      http_health_check: { path: "/", expected_statuses: [{ start: "300", end: "200" }] },
    }),
  "cluster: health check of the status 99": ({ clusters }) =>
    clusters["local"].health_checks = healthChecks({
      http_health_check: { path: "/", retriable_statuses: [{ start: "99", end: "200" }] },
    }),
  "cluster: health check that sends what is no hexadecimal number": ({ clusters }) =>
    clusters["local"].health_checks = healthChecks({ tcp_health_check: { send: { text: "PING" } } }),
  "cluster: health check by the name of an extension": ({ clusters }) =>
    clusters["local"].health_checks = healthChecks({ custom_health_check: { name: "envoy.health_checkers.redis" } }),
  "cluster: transport socket by the name of an extension": ({ clusters }) =>
    clusters["local"].transport_socket = { name: "envoy.transport_sockets.raw_buffer" },
  "cluster: load_balancing_policy without policies": ({ clusters }) => clusters["local"].load_balancing_policy = {},
  "cluster: LOAD_BALANCING_POLICY_CONFIG without one": ({ clusters }) =>
    clusters["local"].lb_policy = "LOAD_BALANCING_POLICY_CONFIG",
  "cluster: STRICT_DNS with a resolver_name": ({ clusters }) => {
    const { endpoint } = clusters["auth"].load_assignment.endpoints[0].lb_endpoints[0];
    endpoint.address.socket_address.resolver_name = "mine";
  },
  "cluster: ORIGINAL_DST with endpoints": ({ clusters }) => {
    clusters["local"].type = "ORIGINAL_DST";
    clusters["local"].lb_policy = "CLUSTER_PROVIDED";
  },
  "cluster: subsets with CLUSTER_PROVIDED": ({ clusters }) =>
    clusters["both"].lb_subset_config = { subset_selectors: [{ keys: ["a"] }] },
  "cluster: subset that falls back to all of its keys": ({ clusters }) =>
    clusters["local"].lb_subset_config = {
      subset_selectors: [{ keys: ["a"], fallback_policy: "KEYS_SUBSET", fallback_keys_subset: ["a"] }],
    },
  "cluster: subset that falls back to another key": ({ clusters }) =>
    clusters["local"].lb_subset_config = {
      subset_selectors: [{ keys: ["a", "b"], fallback_policy: "KEYS_SUBSET", fallback_keys_subset: ["c"] }],
    },
  "cluster: HTTP options that choose the protocol without TLS": ({ clusters }) =>
    clusters["local"].typed_extension_protocol_options = { [HTTP_OPTIONS]: any(HTTP_OPTIONS, { auto_config: {} }) },
  "cluster: HTTP options that choose HTTP/3 without a cache": ({ clusters }) =>
    clusters["auth"].typed_extension_protocol_options = {
      [HTTP_OPTIONS]: any(HTTP_OPTIONS, { auto_config: { http2_protocol_options: {}, http3_protocol_options: {} } }),
    },
  "cluster: HTTP/3 without QUIC": ({ clusters }) =>
    clusters["local"].typed_extension_protocol_options = {
      [HTTP_OPTIONS]: any(HTTP_OPTIONS, { explicit_http_config: { http3_protocol_options: {} } }),
    },
  "cluster: HTTP/3 over TLS": ({ clusters }) => {
    delete clusters["auth"].health_checks;
    clusters["auth"].typed_extension_protocol_options = {
      [HTTP_OPTIONS]: any(HTTP_OPTIONS, { explicit_http_config: { http3_protocol_options: {} } }),
    };
  },
  "cluster: track of a deprecated field": ({ clusters }) => clusters["local"].track_timeout_budgets = true,
  "cluster: HTTP/2 options in the deprecated field": ({ clusters }) => clusters["local"].http2_protocol_options = {},
});

function healthChecks(kind: Json): Json[] {
  return [{ timeout: "1s", interval: "5s", unhealthy_threshold: 2, healthy_threshold: 1, ...kind }];
}
