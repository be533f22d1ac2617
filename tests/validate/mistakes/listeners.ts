import { manager, socket } from "./parts.ts";
import { any, type Json } from "./json.ts";
import { mistakes } from "./mistake.ts";

const NETWORK = "envoy.extensions.filters.network";

export const LISTENERS = mistakes({
  "listener: no address": ({ listeners }) => delete listeners["tcp"].address,
  "listener: host name as its address": ({ listeners }) => listeners["tcp"].address = socket("localhost", 0),
  "listener: port above 65535": ({ listeners }) => listeners["tcp"].address = socket("127.0.0.1", 65_536),
  "listener: no filter chains": ({ listeners }) => listeners["tcp"].filter_chains = [],
  "listener: filter chain without filters": ({ listeners }) => listeners["tcp"].filter_chains = [{}],
  "listener: two with the same address": ({ listeners }) => {
    listeners["tcp"].address = socket("127.0.0.1", 28_471);
    listeners["scoped"].address = socket("127.0.0.1", 28_471);
  },
  "listener: additional address that another has": ({ listeners }) => {
    listeners["tcp"].address = socket("127.0.0.1", 28_472);
    listeners["scoped"].additional_addresses = [{ address: socket("127.0.0.1", 28_472) }];
  },
  "listener: two chains with the same server name": ({ listeners }) =>
    listeners["edge"].filter_chains[1].filter_chain_match = { server_names: ["www.example.com"] },
  "listener: two chains with the same server name among others": ({ listeners }) =>
    listeners["edge"].filter_chains[1].filter_chain_match = { server_names: ["a.example.com", "www.example.com"] },
  "listener: two chains without a match": ({ listeners }) =>
    listeners["tcp"].filter_chains.push(listeners["tcp"].filter_chains[0]),
  "listener: star inside of a server name": ({ listeners }) =>
    listeners["edge"].filter_chains[0].filter_chain_match = { server_names: ["www.*.com"] },
  "listener: star for a part of a label": ({ listeners }) =>
    listeners["edge"].filter_chains[0].filter_chain_match = { server_names: ["*w.example.com"] },
  "listener: source range that is a host name": ({ listeners }) =>
    listeners["edge"].filter_chains[0].filter_chain_match = {
      source_prefix_ranges: [{ address_prefix: "localhost", prefix_len: 8 }],
    },
  "listener: range of 129 bits": ({ listeners }) =>
    listeners["edge"].filter_chains[0].filter_chain_match = {
      source_prefix_ranges: [{ address_prefix: "127.0.0.0", prefix_len: 129 }],
    },
  "listener: range of 40 bits of IPv4": ({ listeners }) =>
    listeners["edge"].filter_chains[0].filter_chain_match = {
      source_prefix_ranges: [{ address_prefix: "127.0.0.0", prefix_len: 40 }],
    },
  "listener: source port of 0": ({ listeners }) =>
    listeners["edge"].filter_chains[0].filter_chain_match = { source_ports: [0] },
  "listener: TCP proxy before another filter": ({ listeners }) => listeners["tcp"].filter_chains[0].filters.reverse(),
  "listener: chain without a filter that ends it": ({ listeners }) => listeners["tcp"].filter_chains[0].filters.pop(),
  "listener: two TCP proxies": ({ listeners }) => {
    const { filters } = listeners["tcp"].filter_chains[0];
    filters.push({ ...filters[1], name: "proxy2" });
  },
  "listener: filter without a configuration": ({ listeners }) => {
    delete listeners["tcp"].filter_chains[0].filters[1].typed_config;
  },
  "listener: filter of a type that is no filter": ({ listeners }) =>
    listeners["tcp"].filter_chains[0].filters[1].typed_config = any("google.protobuf.StringValue", { value: "a" }),
  "listener: filter without a name": ({ listeners }) => listeners["tcp"].filter_chains[0].filters[1].name = "",
  "listener: listener filter of a type that is none": ({ listeners }) =>
    listeners["edge"].listener_filters[0].typed_config = any("google.protobuf.StringValue", { value: "a" }),
  "listener: RBAC range that is a host name": ({ listeners }) => {
    const { policies } = listeners["tcp"].filter_chains[0].filters[0].typed_config.rules;
    policies.office.principals = [{ direct_remote_ip: { address_prefix: "office", prefix_len: 8 } }];
  },
  "listener: RBAC policy without principals": ({ listeners }) =>
    listeners["tcp"].filter_chains[0].filters[0].typed_config.rules.policies.office.principals = [],
  "listener: RBAC policy with a bad regular expression": ({ listeners }) => {
    const { policies } = listeners["tcp"].filter_chains[0].filters[0].typed_config.rules;
    policies.office.principals = [{ authenticated: { principal_name: { safe_regex: { regex: "spiffe://(" } } } }];
  },
  "listener: TCP proxy without a prefix of statistics": ({ listeners }) =>
    listeners["tcp"].filter_chains[0].filters[1].typed_config.stat_prefix = "",
  "listener: TCP proxy without a cluster": ({ listeners }) =>
    delete listeners["tcp"].filter_chains[0].filters[1].typed_config.weighted_clusters,
  "listener: TCP proxy with a weight of 0": ({ listeners }) =>
    listeners["tcp"].filter_chains[0].filters[1].typed_config.weighted_clusters.clusters[0].weight = 0,
  "listener: TCP proxy without weighted clusters": ({ listeners }) =>
    listeners["tcp"].filter_chains[0].filters[1].typed_config.weighted_clusters.clusters = [],
  "listener: UDP address with a filter chain": ({ listeners }) =>
    listeners["tcp"].address.socket_address.protocol = "UDP",
  "listener: proxy_protocol in the deprecated field": ({ listeners }) =>
    listeners["tcp"].filter_chains[0].use_proxy_proto = true,
  "listener: HTTP/3 without QUIC": ({ listeners }) =>
    listeners["tcp"].filter_chains = [{
      filters: [manager({ stat_prefix: "a", codec_type: "HTTP3", route_config: { name: "a" } })],
    }],
  "listener: access log of a type that is none": ({ listeners }) =>
    listeners["tcp"].access_log = [{ name: "mine", typed_config: any("google.protobuf.StringValue", { value: "a" }) }],
  "listener: access log with an open percent sign": ({ listeners }) =>
    listeners["tcp"].access_log = [{
      name: "stdout",
      typed_config: any("envoy.extensions.access_loggers.stream.v3.StdoutAccessLog", {
        log_format: { text_format_source: { inline_string: "%START_TIME" } },
      }),
    }],
  "listener: access log with an unknown command": ({ listeners }) =>
    listeners["tcp"].access_log = [{
      name: "stdout",
      typed_config: any("envoy.extensions.access_loggers.stream.v3.StdoutAccessLog", {
        log_format: { text_format_source: { inline_string: "%STARTED_AT%" } },
      }),
    }],
  "listener: access log by the name of an extension": ({ listeners }) =>
    listeners["tcp"].access_log = [{ name: "envoy.access_loggers.stdout" }],
  "listener: access log as JSON with an open percent sign": ({ listeners }) =>
    listeners["tcp"].access_log = [stdout({ json_format: { when: { at: ["%START_TIME"] } } })],
  "listener: access log as JSON with an unknown command": ({ listeners }) =>
    listeners["tcp"].access_log = [stdout({ json_format: { when: "%STARTED_AT%" } })],
  "listener: access log of a file with an open percent sign": ({ listeners }) =>
    listeners["tcp"].access_log = [{
      name: "file",
      typed_config: any("envoy.extensions.access_loggers.file.v3.FileAccessLog", { path: "/dev/null", format: "100%" }),
    }],
  "listener: tunnel to a host name with an open percent sign": ({ listeners }) =>
    listeners["tcp"].filter_chains[0].filters[1].typed_config.tunneling_config = { hostname: "%PROTOCOL" },
  "listener: match by the end of an address": ({ listeners }) =>
    listeners["edge"].filter_chains[0].filter_chain_match = { address_suffix: "0.0.1" },
  "listener: internal one with an address": ({ listeners }) => listeners["tcp"].internal_listener = {},
  "listener: connection limit of 0": ({ listeners }) =>
    listeners["tcp"].filter_chains[0].filters[0] = {
      name: "limit",
      typed_config: any(`${NETWORK}.connection_limit.v3.ConnectionLimit`, { stat_prefix: "a", max_connections: "0" }),
    },
  "listener: local rate limit that refills each millisecond": ({ listeners }) =>
    listeners["tcp"].filter_chains[0].filters[0] = {
      name: "limit",
      typed_config: any(`${NETWORK}.local_ratelimit.v3.LocalRateLimit`, {
        stat_prefix: "a",
        token_bucket: { max_tokens: 1, fill_interval: "0.001s" },
      }),
    },
});

function stdout(format: Json): Json {
  return {
    name: "stdout",
    typed_config: any("envoy.extensions.access_loggers.stream.v3.StdoutAccessLog", { log_format: format }),
  };
}
