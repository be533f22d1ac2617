import { ADS, endpointsAt } from "./parts.ts";
import { any } from "./json.ts";
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
  "cluster: track of a deprecated field": ({ clusters }) => clusters["local"].track_timeout_budgets = true,
  "cluster: HTTP/2 options in the deprecated field": ({ clusters }) => clusters["local"].http2_protocol_options = {},
});
