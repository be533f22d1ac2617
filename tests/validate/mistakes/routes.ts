import { any, type Json } from "./json.ts";
import { hostOf, inlineManagerOf, mistakes } from "./mistake.ts";

export const ROUTES = mistakes({
  "route: domain in two virtual hosts": ({ routes }) => routes["web"].virtual_hosts[1].domains = ["www.example.com"],
  "route: domain in two virtual hosts, in another case": ({ routes }) =>
    routes["web"].virtual_hosts[1].domains = ["WWW.example.com"],
  "route: domain twice in a virtual host": (config) => hostOf(config).domains.push("www.example.com"),
  "route: two virtual hosts for all domains": (config) => hostOf(config).domains.push("*"),
  "route: two virtual hosts of the same name": ({ routes }) => routes["web"].virtual_hosts[1].name = "www",
  "route: star inside of a domain": (config) => hostOf(config).domains.push("a.*.com"),
  "route: no domains": (config) => hostOf(config).domains = [],
  "route: empty domain": (config) => hostOf(config).domains.push(""),
  "route: virtual host without a name": (config) => hostOf(config).name = "",
  "route: lookahead": (config) => hostOf(config).routes[1].match = { safe_regex: { regex: "/(?=a)b" } },
  "route: backreference": (config) => hostOf(config).routes[1].match = { safe_regex: { regex: "/(a)\\1" } },
  "route: parenthesis that is not closed": (config) =>
    hostOf(config).routes[1].match = { safe_regex: { regex: "/(a" } },
  "route: bracket that is not closed": (config) => hostOf(config).routes[1].match = { safe_regex: { regex: "/[a" } },
  "route: repetition above 1000": (config) => hostOf(config).routes[1].match = { safe_regex: { regex: "a{1001}" } },
  "route: possessive quantifier": (config) => hostOf(config).routes[1].match = { safe_regex: { regex: "a*+" } },
  "route: atomic group": (config) => hostOf(config).routes[1].match = { safe_regex: { regex: "(?>a)" } },
  "route: empty regular expression": (config) => hostOf(config).routes[1].match = { safe_regex: { regex: "" } },
  "route: substitution of a group that is missing": (config) =>
    hostOf(config).routes[3].route.regex_rewrite.substitution = "/new/\\2",
  "route: substitution with a dollar sign": (config) =>
    hostOf(config).routes[3].route.regex_rewrite.substitution = "/new/$1",
  "route: substitution that ends with a backslash": (config) =>
    hostOf(config).routes[3].route.regex_rewrite.substitution = "/new/\\",
  "route: no match": (config) => delete hostOf(config).routes[4].match,
  "route: match without a path": (config) => hostOf(config).routes[4].match = {},
  "route: no action": (config) => delete hostOf(config).routes[4].route,
  "route: action without a cluster": (config) => hostOf(config).routes[4].route = {},
  "route: empty name of a cluster": (config) => hostOf(config).routes[4].route = { cluster: "" },
  "route: path_separated_prefix with a slash at its end": (config) =>
    hostOf(config).routes[4].match = { path_separated_prefix: "/a/" },
  "route: all paths first": (config) => hostOf(config).routes.unshift(hostOf(config).routes[4]),
  "route: weights of 0": (config) =>
    hostOf(config).routes[2].route.weighted_clusters.clusters.forEach((each: { weight: number }) => each.weight = 0),
  "route: weights above 32 bits": (config) =>
    hostOf(config).routes[2].route.weighted_clusters.clusters.forEach((each: { weight: number }) =>
      each.weight = 4_000_000_000
    ),
  "route: no weighted clusters": (config) => hostOf(config).routes[2].route.weighted_clusters.clusters = [],
  "route: weight of no cluster": (config) => delete hostOf(config).routes[2].route.weighted_clusters.clusters[0].name,
  "route: weight of a cluster and a header": (config) =>
    hostOf(config).routes[2].route.weighted_clusters.clusters[0].cluster_header = "x-cluster",
  "route: two rewrites of the path": (config) => hostOf(config).routes[3].route.prefix_rewrite = "/a",
  "route: retries whose longest wait is below the first": (config) =>
    hostOf(config).routes[1].route.retry_policy.retry_back_off = { base_interval: "2s", max_interval: "1s" },
  "route: retries whose first wait is 0": (config) =>
    hostOf(config).routes[1].route.retry_policy.retry_back_off = { base_interval: "0s" },
  "route: condition of retries that is unknown": (config) =>
    hostOf(config).routes[1].route.retry_policy.retry_on = "5x",
  "route: retries at a host by the name of an extension": (config) =>
    hostOf(config).routes[1].route.retry_policy.retry_host_predicate = [
      { name: "envoy.retry_host_predicates.previous_hosts" },
    ],
  "route: retries at a priority by the name of an extension": (config) =>
    hostOf(config).routes[1].route.retry_policy.retry_priority = {
      name: "envoy.retry_priorities.previous_priorities",
    },
  "route: response with the status 99": (config) => hostOf(config).routes[0].direct_response.status = 99,
  "route: response with a body of 5,000 bytes": (config) =>
    hostOf(config).routes[0].direct_response.body.inline_string = "a".repeat(5_000),
  "route: redirect to a status that is none": ({ routes }) =>
    routes["web"].virtual_hosts[1].routes[0].redirect.response_code = 17,
  "route: redirect with a line break": ({ routes }) =>
    routes["web"].virtual_hosts[1].routes[0].redirect.host_redirect = "a\r\nb",
  "route: header to add whose name has a space": ({ routes }) =>
    routes["web"].response_headers_to_add[0].header.key = "x served",
  "route: header to add without a name": ({ routes }) => routes["web"].response_headers_to_add[0].header.key = "",
  "route: header to add whose value has a line break": ({ routes }) =>
    routes["web"].response_headers_to_add[0].header.value = "a\nb",
  "route: header to add with an open percent sign": ({ routes }) =>
    routes["web"].response_headers_to_add[0].header.value = "100%",
  "route: header to add with an unknown command": ({ routes }) =>
    routes["web"].response_headers_to_add[0].header.value = "%NOPE%",
  "route: header :path to add": (config) =>
    hostOf(config).request_headers_to_add = [{ header: { key: ":path", value: "/" } }],
  "route: header host to add": (config) =>
    hostOf(config).request_headers_to_add = [{ header: { key: "Host", value: "a" } }],
  "route: header :method to remove": (config) => hostOf(config).request_headers_to_remove = [":method"],
  "route: header host to remove": (config) => hostOf(config).request_headers_to_remove = ["host"],
  "route: header to match without a name": (config) => hostOf(config).routes[3].match.headers[0].name = "",
  "route: header to match whose name has a space": (config) => hostOf(config).routes[3].match.headers[0].name = "x old",
  "route: header to match by an empty exact string": (config) =>
    hostOf(config).routes[3].match.headers[0] = { name: "x-old", string_match: { prefix: "" } },
  "route: header to match in the deprecated field": (config) =>
    hostOf(config).routes[3].match.headers[0] = { name: "x-old", exact_match: "1" },
  "route: query parameter without a name": (config) =>
    hostOf(config).routes[3].match.query_parameters = [{ name: "", present_match: true }],
  "route: negative timeout": (config) => hostOf(config).routes[1].route.timeout = "-1s",
  "route: hash policy without a kind": (config) => hostOf(config).routes[1].route.hash_policy = [{}],
  "route: hash of a header without a name": (config) =>
    hostOf(config).routes[1].route.hash_policy = [{ header: { header_name: "" } }],
  "route: hash by a bad regular expression": (config) =>
    hostOf(config).routes[1].route.hash_policy = [{
      header: { header_name: "a", regex_rewrite: { pattern: { regex: "(" }, substitution: "" } },
    }],
  "route: mirrored percentage above the whole": (config) =>
    hostOf(config).routes[3].route.request_mirror_policies[0].runtime_fraction.default_value = { numerator: 101 },
  "route: mirrored to no cluster": (config) => hostOf(config).routes[3].route.request_mirror_policies = [{}],
  "route: cluster specifier plugin that is unknown": (config) =>
    hostOf(config).routes[4].route = { cluster_specifier_plugin: "mine" },
  "route: configuration for a filter of a type that is none": (config) =>
    hostOf(config).typed_per_filter_config = { cors: any("google.protobuf.StringValue", { value: "a" }) },
  "route: configuration for a filter that is not there": (config) =>
    hostOf(config).typed_per_filter_config = {
      buffer: any("envoy.extensions.filters.http.buffer.v3.BufferPerRoute", { disabled: true }),
    },
  "route: upgrade that is there twice": (config) =>
    hostOf(config).routes[4].route.upgrade_configs = [{ upgrade_type: "websocket" }, { upgrade_type: "WebSocket" }],
  "route: upgrade with a configuration of CONNECT": (config) =>
    hostOf(config).routes[4].route.upgrade_configs = [{ upgrade_type: "websocket", connect_config: {} }],
  "route: routes and a matcher": (config) => hostOf(config).matcher = { on_no_match: { action: routeAction() } },
  "route: bad regular expression in a matcher": (config) => {
    delete hostOf(config).routes;
    hostOf(config).matcher = { on_no_match: { action: routeAction({ safe_regex: { regex: "(" } }) } };
  },
  "route: rate limit without actions": (config) => hostOf(config).rate_limits = [{ actions: [] }],
  "route: rate limit of stage 11": (config) =>
    hostOf(config).rate_limits = [{ stage: 11, actions: [{ remote_address: {} }] }],
  "route: CORS in the deprecated field": (config) => hostOf(config).cors = { allow_credentials: true },
  "route: virtual cluster without a name": (config) =>
    hostOf(config).virtual_clusters = [{ headers: [{ name: ":path", present_match: true }] }],
  "route: inline routes with a bad regular expression": (config) =>
    inlineManagerOf(config).route_config.virtual_hosts[0].routes[0].match = { safe_regex: { regex: "(" } },
  "route: inline routes with a domain twice": (config) =>
    inlineManagerOf(config).route_config.virtual_hosts[0].domains = ["*", "*"],
});

function routeAction(match: Json = { prefix: "/" }): Json {
  return { name: "route", typed_config: any("envoy.config.route.v3.Route", { match, route: { cluster: "web" } }) };
}
