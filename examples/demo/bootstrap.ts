/** How an Envoy gets its configuration. */
export interface BootstrapOptions extends SourceOptions {
  readonly nodeId: string;
  /** The port of the xDS server, on 127.0.0.1. */
  readonly xdsPort: number;
  /** The server speaks HTTP/1.1, for polls, and not HTTP/2. Default: false. */
  readonly http1?: boolean | undefined;
  /** The admin interface's port on 127.0.0.1. Default: 0, any that is free. */
  readonly adminPort?: number;
}

/** How an Envoy subscribes to one type of configuration. */
export interface SourceOptions {
  /** The variant of the protocol. Default: `delta`. */
  readonly variant?: "sotw" | "delta";
  /** One stream for all types (ADS), or a stream for each type. Default: true. */
  readonly aggregated?: boolean;
  /** Polls by REST instead, with that many milliseconds between them; never aggregated. Default: gRPC. */
  readonly pollMs?: number | undefined;
  /** Whether Envoy sends its node in its first request only. Default: false, as Envoy's own. */
  readonly nodeOnFirstMessageOnly?: boolean;
  /** How long Envoy waits for a first response before it continues without, in seconds; 0: for ever. Default: 15. */
  readonly initialFetchTimeoutSeconds?: number;
}

/** The configuration that Envoy starts with, in Envoy's JSON. */
export interface Bootstrap {
  readonly node: object;
  readonly admin: object;
  readonly dynamic_resources: Readonly<Record<string, unknown>>;
  readonly static_resources: { readonly clusters: readonly object[] };
  /** Any other field of Envoy's bootstrap. */
  readonly [field: string]: unknown;
}

/** The static cluster through which Envoy reaches the xDS server. */
export const XDS_CLUSTER = "xds";

/** Makes the configuration that Envoy starts with: the address of the xDS server, which is the source of all else. */
export function bootstrap(options: BootstrapOptions): Bootstrap {
  const { nodeId, xdsPort, pollMs, aggregated = pollMs === undefined, adminPort = 0, http1 = false } = options;
  const source = configSource(options);
  return {
    node: { id: nodeId, cluster: "example" },
    admin: { address: local(adminPort) },
    dynamic_resources: {
      ...(aggregated ? { ads_config: apiSource(options) } : {}),
      lds_config: source,
      cds_config: source,
    },
    static_resources: { clusters: [xdsCluster(xdsPort, http1)] },
  };
}

/** Makes the source of one type of configuration, as Envoy's bootstrap has it. */
export function configSource(options: SourceOptions): object {
  const { pollMs, aggregated = pollMs === undefined, initialFetchTimeoutSeconds } = options;
  return {
    resource_api_version: "V3",
    ...(aggregated ? { ads: {} } : { api_config_source: apiSource(options) }),
    ...(initialFetchTimeoutSeconds === undefined ? {} : { initial_fetch_timeout: `${initialFetchTimeoutSeconds}s` }),
  };
}

function apiSource({ variant = "delta", nodeOnFirstMessageOnly = false, pollMs }: SourceOptions): object {
  if (pollMs !== undefined) {
    return {
      api_type: "REST",
      transport_api_version: "V3",
      cluster_names: [XDS_CLUSTER],
      refresh_delay: `${pollMs / 1000}s`,
      request_timeout: "5s",
    };
  }
  return {
    api_type: variant === "delta" ? "DELTA_GRPC" : "GRPC",
    transport_api_version: "V3",
    set_node_on_first_message_only: nodeOnFirstMessageOnly,
    grpc_services: [{ envoy_grpc: { cluster_name: XDS_CLUSTER, retry_policy: RECONNECT } }],
  };
}

/** Envoy's default waits up to 30 s before it connects again. */
const RECONNECT = { retry_back_off: { base_interval: "0.1s", max_interval: "1s" } };

const HTTP2 = {
  "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
    "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
    explicit_http_config: {
      // So that Envoy detects a server that has disappeared without closing the connection.
      http2_protocol_options: { connection_keepalive: { interval: "30s", timeout: "5s" } },
    },
  },
};

function xdsCluster(port: number, http1: boolean): object {
  return {
    name: XDS_CLUSTER,
    type: "STATIC",
    connect_timeout: "1s",
    // Without ADS each cluster, and each route configuration, has a stream of its own; the default stops at 1,024.
    circuit_breakers: { thresholds: [{ max_requests: 100_000 }] },
    ...(http1 ? {} : { typed_extension_protocol_options: HTTP2 }),
    load_assignment: {
      cluster_name: XDS_CLUSTER,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: local(port) } }] }],
    },
  };
}

function local(port: number): object {
  return { socket_address: { address: "127.0.0.1", port_value: port } };
}
