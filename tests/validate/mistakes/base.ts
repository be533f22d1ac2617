import type { Certificate } from "../../envoy/certificates.ts";
import { apiRoutes, blueRoutes, scope, scopedRoutes, webRoutes } from "./base-routes.ts";
import { any, type Config, type Json } from "./json.ts";
import { ADS, endpointsAt, manager, router, socket } from "./parts.ts";

const HTTP = "envoy.extensions.filters.http";
const NETWORK = "envoy.extensions.filters.network";
const TLS = "envoy.extensions.transport_sockets.tls.v3";
/** A configuration that Envoy accepts: an edge proxy with TLS, authentication, rate limits, and services of all kinds. */
export function edge([server, ca]: readonly Certificate[]): Config {
  return {
    clusters: {
      web: { name: "web", type: "EDS", connect_timeout: "1s", eds_cluster_config: { eds_config: ADS } },
      api: {
        name: "api",
        type: "EDS",
        connect_timeout: "1s",
        eds_cluster_config: { eds_config: ADS, service_name: "api-v2" },
        lb_policy: "RING_HASH",
        ring_hash_lb_config: { minimum_ring_size: "64", maximum_ring_size: "1024" },
        circuit_breakers: { thresholds: [{ max_requests: 1000 }] },
        outlier_detection: { consecutive_5xx: 5, max_ejection_percent: 50 },
      },
      auth: {
        name: "auth",
        type: "STRICT_DNS",
        connect_timeout: "1s",
        load_assignment: endpointsAt("auth", "localhost", 9443),
        typed_extension_protocol_options: {
          "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": any(
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
            {
              explicit_http_config: { http2_protocol_options: {} },
            },
          ),
        },
        health_checks: [{
          timeout: "1s",
          interval: "5s",
          unhealthy_threshold: 2,
          healthy_threshold: 1,
          grpc_health_check: {},
        }],
        transport_socket: {
          name: "envoy.transport_sockets.tls",
          typed_config: any(`${TLS}.UpstreamTlsContext`, {
            sni: "auth.internal",
            common_tls_context: { validation_context_sds_secret_config: { name: "upstream-ca", sds_config: ADS } },
          }),
        },
      },
      logical: {
        name: "logical",
        type: "LOGICAL_DNS",
        connect_timeout: "1s",
        load_assignment: endpointsAt("logical", "localhost", 80),
      },
      local: {
        name: "local",
        type: "STATIC",
        connect_timeout: "1s",
        load_assignment: endpointsAt("local", "127.0.0.1", 80),
      },
      both: {
        name: "both",
        connect_timeout: "1s",
        lb_policy: "CLUSTER_PROVIDED",
        cluster_type: {
          name: "envoy.clusters.aggregate",
          typed_config: any("envoy.extensions.clusters.aggregate.v3.ClusterConfig", { clusters: ["web", "local"] }),
        },
      },
    },
    endpoints: {
      web: endpointsAt("web", "127.0.0.1", 8080),
      "api-v2": endpointsAt("api-v2", "127.0.0.1", 8081),
    },
    listeners: {
      edge: {
        name: "edge",
        address: socket("127.0.0.1", 0),
        listener_filters: [{
          name: "envoy.filters.listener.tls_inspector",
          typed_config: any("envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector"),
        }],
        filter_chains: [
          {
            filter_chain_match: { server_names: ["www.example.com"] },
            transport_socket: downstreamTls(),
            filters: [edgeManager()],
          },
          {
            filter_chain_match: { server_names: ["api.example.com"] },
            transport_socket: downstreamTls(),
            filters: [manager({ stat_prefix: "api", route_config: apiRoutes() })],
          },
        ],
      },
      tcp: {
        name: "tcp",
        address: socket("127.0.0.1", 0),
        filter_chains: [{
          filters: [
            { name: "rbac", typed_config: any(`${NETWORK}.rbac.v3.RBAC`, { stat_prefix: "rbac", rules: rbacRules() }) },
            {
              name: "proxy",
              typed_config: any(`${NETWORK}.tcp_proxy.v3.TcpProxy`, {
                stat_prefix: "tcp",
                weighted_clusters: { clusters: [{ name: "local", weight: 9 }, { name: "logical", weight: 1 }] },
              }),
            },
          ],
        }],
      },
      scoped: {
        name: "scoped",
        address: socket("127.0.0.1", 0),
        filter_chains: [{ filters: [manager({ stat_prefix: "scoped", scoped_routes: scopedRoutes() })] }],
      },
    },
    routes: { web: webRoutes(), blue: blueRoutes() },
    scopes: { s1: scope("s1", "blue"), s2: scope("s2", "green") },
    secrets: {
      "server-cert": {
        name: "server-cert",
        tls_certificate: {
          certificate_chain: { inline_string: server!.cert },
          private_key: { inline_string: server!.key },
        },
      },
      "upstream-ca": { name: "upstream-ca", validation_context: { trusted_ca: { inline_string: ca!.cert } } },
    },
    extensions: {
      extra: {
        name: "extra",
        typed_config: any(`${HTTP}.header_mutation.v3.HeaderMutation`, {
          mutations: { request_mutations: [{ append: { header: { key: "x-edge", value: "%PROTOCOL%" } } }] },
        }),
      },
    },
  };
}

function edgeManager(): Json {
  return manager({
    stat_prefix: "edge",
    rds: { route_config_name: "web", config_source: ADS },
    use_remote_address: true,
    upgrade_configs: [{ upgrade_type: "websocket" }],
    access_log: [{
      name: "stdout",
      typed_config: any("envoy.extensions.access_loggers.stream.v3.StdoutAccessLog", {
        log_format: { text_format_source: { inline_string: "%START_TIME% %REQ(:PATH)% %RESPONSE_CODE%\n" } },
      }),
    }],
    http_filters: [
      { name: "cors", typed_config: any(`${HTTP}.cors.v3.Cors`) },
      {
        name: "jwt",
        typed_config: any(`${HTTP}.jwt_authn.v3.JwtAuthentication`, {
          providers: {
            issuer: {
              issuer: "https://issuer",
              local_jwks: { inline_string: '{"keys":[{"kty":"oct","k":"aGVsbG8"}]}' },
            },
          },
          rules: [{ match: { prefix: "/admin" }, requires: { provider_name: "issuer" } }],
        }),
      },
      {
        name: "limit",
        typed_config: any(`${HTTP}.local_ratelimit.v3.LocalRateLimit`, {
          stat_prefix: "limit",
          token_bucket: { max_tokens: 100, tokens_per_fill: 100, fill_interval: "1s" },
        }),
      },
      {
        name: "authz",
        typed_config: any(`${HTTP}.ext_authz.v3.ExtAuthz`, {
          grpc_service: { envoy_grpc: { cluster_name: "auth" }, timeout: "0.25s" },
          transport_api_version: "V3",
        }),
      },
      {
        name: "extra",
        config_discovery: {
          config_source: ADS,
          type_urls: [`type.googleapis.com/${HTTP}.header_mutation.v3.HeaderMutation`],
        },
      },
      router(),
    ],
  });
}

function downstreamTls(): Json {
  return {
    name: "envoy.transport_sockets.tls",
    typed_config: any(`${TLS}.DownstreamTlsContext`, {
      common_tls_context: {
        tls_params: { tls_minimum_protocol_version: "TLSv1_2", tls_maximum_protocol_version: "TLSv1_3" },
        alpn_protocols: ["h2", "http/1.1"],
        tls_certificate_sds_secret_configs: [{ name: "server-cert", sds_config: ADS }],
      },
    }),
  };
}

function rbacRules(): Json {
  return {
    policies: {
      office: {
        permissions: [{ any: true }],
        principals: [{ direct_remote_ip: { address_prefix: "127.0.0.0", prefix_len: 8 } }],
      },
    },
  };
}
