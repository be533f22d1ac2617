import type { Json } from "./json.ts";
import { ADS } from "./parts.ts";

/** Routes over RDS, of every kind. */
export function webRoutes(): Json {
  return {
    name: "web",
    response_headers_to_add: [{ header: { key: "x-served-by", value: "edge" } }],
    virtual_hosts: [
      {
        name: "www",
        domains: ["www.example.com", "*.example.com"],
        routes: [
          { match: { path: "/health" }, direct_response: { status: 200, body: { inline_string: "fine" } } },
          {
            match: { safe_regex: { regex: "/users/[0-9]+" } },
            route: { cluster: "api", timeout: "5s", retry_policy: retries() },
          },
          {
            match: { prefix: "/split" },
            route: { weighted_clusters: { clusters: [{ name: "web", weight: 90 }, { name: "api", weight: 10 }] } },
          },
          {
            match: { prefix: "/old", headers: [{ name: "x-old", string_match: { exact: "1" } }] },
            route: {
              cluster: "both",
              regex_rewrite: { pattern: { regex: "^/old/(.*)$" }, substitution: "/new/\\1" },
              request_mirror_policies: [{ cluster: "local", runtime_fraction: { default_value: { numerator: 1 } } }],
            },
          },
          { match: { prefix: "/" }, route: { cluster: "web", prefix_rewrite: "/" } },
        ],
      },
      {
        name: "rest",
        domains: ["*"],
        routes: [{ match: { prefix: "/" }, redirect: { host_redirect: "www.example.com" } }],
      },
    ],
  };
}

function retries(): Json {
  return {
    retry_on: "5xx,reset",
    num_retries: 2,
    per_try_timeout: "1s",
    retry_back_off: { base_interval: "0.1s", max_interval: "1s" },
  };
}

/** Routes inside of a listener. */
export function apiRoutes(): Json {
  return {
    name: "api",
    virtual_hosts: [{ name: "api", domains: ["*"], routes: [{ match: { prefix: "/" }, route: { cluster: "api" } }] }],
  };
}

/** Routes of scopes. */
export function blueRoutes(): Json {
  return {
    name: "blue",
    virtual_hosts: [{ name: "all", domains: ["*"], routes: [{ match: { prefix: "/" }, route: { cluster: "local" } }] }],
  };
}

/** A scope, chosen by a header. */
export function scope(name: string, key: string): Json {
  return { name, route_configuration_name: "blue", key: { fragments: [{ string_key: key }] } };
}

/** Where the scopes come from, and what chooses one. */
export function scopedRoutes(): Json {
  return {
    name: "scopes",
    rds_config_source: ADS,
    scoped_rds: { scoped_rds_config_source: ADS },
    scope_key_builder: {
      fragments: [{ header_value_extractor: { name: "x-scope", element_separator: ",", index: 0 } }],
    },
  };
}
