/** The server that a client is to get its configuration from, and the client. */
export interface BootstrapOptions {
  /** The address of the xDS server, such as `127.0.0.1:18000`, `xds.example.com:18000` or `[::1]:18000`. */
  readonly server: string;
  /** The id of the client's node: by default the key of its snapshot. */
  readonly node: string;
  /** The cluster of the client's node. Default: `default` for an Envoy, which requires one, and none for gRPC. */
  readonly cluster?: string;
  /** TLS to the server. Default: plaintext. */
  readonly tls?: BootstrapTls;
}

/** How a client checks the server, and proves its own identity. All are paths on the machine of the client, to files in PEM. */
export interface BootstrapTls {
  /** The authorities of the server's certificate. */
  readonly caFile: string;
  /** The client's certificate, where the server requires one. */
  readonly certFile?: string;
  /** The key of that certificate. */
  readonly keyFile?: string;
  /** The name in the server's certificate, for an Envoy. Default: the host of `server`. */
  readonly serverName?: string;
}

/** Options of {@link bootstrap}. */
export interface EnvoyBootstrapOptions extends BootstrapOptions {
  /** How configuration is got: by gRPC, incremental (`delta`) or whole (`sotw`), or by polls (`rest`). Default: `delta`. */
  readonly variant?: "delta" | "sotw" | "rest";
  /** One stream for all types (ADS), or a stream for each type. Polls are of one type each. Default: true. */
  readonly aggregated?: boolean;
  /** The time between two polls of `rest`, in milliseconds. Default: 1,000. */
  readonly pollMs?: number;
  /** The port of Envoy's admin interface on 127.0.0.1; 0 for any free one. Default: 9901. */
  readonly adminPort?: number;
  /** Whether Envoy sends its node, of some 60 kB, in the first request of a stream only. Default: true. */
  readonly nodeOnFirstMessageOnly?: boolean;
  /** How long Envoy waits for a first response before it continues without, in milliseconds. Default: Envoy's, 15,000. */
  readonly initialFetchTimeoutMs?: number;
}

/** The configuration that an Envoy starts with, in Envoy's JSON. */
export interface EnvoyBootstrap {
  /** How the Envoy describes itself. */
  readonly node: object;
  /** Its admin interface. */
  readonly admin: object;
  /** Where it gets listeners and clusters from. */
  readonly dynamic_resources: Readonly<Record<string, unknown>>;
  /** The cluster of the xDS server. */
  readonly static_resources: { readonly clusters: readonly object[] };
  /** Any other field of Envoy's bootstrap. */
  readonly [field: string]: unknown;
}

/** The name of the static cluster through which an Envoy reaches the xDS server. */
export const XDS_CLUSTER = "xds";

/**
 * Makes the configuration that an Envoy starts with: where the xDS server is, from which it gets all else. It is plain
 * JSON, for `envoy -c`.
 *
 * @throws TypeError if `server` is not a host with a port
 */
export function bootstrap(options: EnvoyBootstrapOptions): EnvoyBootstrap {
  const { node, cluster = "default", adminPort = 9901 } = options;
  const source = configSource(options);
  return {
    node: { id: node, cluster },
    admin: { address: socketAddress({ host: "127.0.0.1", port: adminPort }) },
    dynamic_resources: {
      ...isAggregated(options) && { ads_config: apiSource(options) },
      lds_config: source,
      cds_config: source,
    },
    static_resources: { clusters: [xdsCluster(options)] },
  };
}

/** Makes the source of one type of configuration, as Envoy's bootstrap has it. */
export function configSource(
  options: Omit<EnvoyBootstrapOptions, keyof BootstrapOptions | "adminPort">,
): Readonly<Record<string, unknown>> {
  const { initialFetchTimeoutMs } = options;
  return {
    resource_api_version: "V3",
    ...isAggregated(options) ? { ads: {} } : { api_config_source: apiSource(options) },
    ...initialFetchTimeoutMs !== undefined && { initial_fetch_timeout: seconds(initialFetchTimeoutMs) },
  };
}

function isAggregated({ variant, aggregated = true }: Pick<EnvoyBootstrapOptions, "variant" | "aggregated">): boolean {
  return aggregated && variant !== "rest";
}

function apiSource(
  { variant = "delta", pollMs = 1000, nodeOnFirstMessageOnly = true }: Partial<EnvoyBootstrapOptions>,
): object {
  if (variant === "rest") {
    return {
      api_type: "REST",
      transport_api_version: "V3",
      cluster_names: [XDS_CLUSTER],
      refresh_delay: seconds(pollMs),
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

/** Without these options Envoy speaks HTTP/1.1. */
const HTTP2 = {
  "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
    "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
    explicit_http_config: {
      // So that Envoy detects a server that has disappeared without closing the connection.
      http2_protocol_options: { connection_keepalive: { interval: "30s", timeout: "5s" } },
    },
  },
};

function xdsCluster({ server, tls }: BootstrapOptions): object {
  const address = hostAndPort(server);
  return {
    name: XDS_CLUSTER,
    type: isIpAddress(address.host) ? "STATIC" : "STRICT_DNS",
    connect_timeout: "1s",
    // Without ADS each cluster, and each route configuration, has a stream of its own; the default stops at 1,024.
    circuit_breakers: { thresholds: [{ max_requests: 100_000 }] },
    typed_extension_protocol_options: HTTP2,
    ...tls !== undefined && { transport_socket: tlsSocket(tls, address.host) },
    load_assignment: {
      cluster_name: XDS_CLUSTER,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(address) } }] }],
    },
  };
}

function tlsSocket({ caFile, certFile, keyFile, serverName }: BootstrapTls, host: string): object {
  const name = serverName ?? host;
  const certificate = { certificate_chain: { filename: certFile }, private_key: { filename: keyFile } };
  const type = isIpAddress(name) ? "IP_ADDRESS" : "DNS";
  return {
    name: "envoy.transport_sockets.tls",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
      ...type === "DNS" && { sni: name },
      common_tls_context: {
        ...certFile !== undefined && keyFile !== undefined && { tls_certificates: [certificate] },
        validation_context: {
          trusted_ca: { filename: caFile },
          match_typed_subject_alt_names: [{ san_type: type, matcher: { exact: name } }],
        },
      },
    },
  };
}

/** The configuration that a proxyless gRPC client starts with. */
export interface GrpcBootstrap {
  /** The xDS servers. */
  readonly xds_servers: readonly object[];
  /** How the client describes itself. */
  readonly node: object;
  /** The names of the listeners that gRPC servers subscribe to. */
  readonly server_listener_resource_name_template: string;
}

/**
 * Makes the configuration that a proxyless gRPC client or server starts with, for the file that `GRPC_XDS_BOOTSTRAP` names,
 * or for `GRPC_XDS_BOOTSTRAP_CONFIG` itself.
 *
 * @throws TypeError if `server` is not a host with a port
 */
export function grpcBootstrap({ server, node, cluster, tls }: BootstrapOptions): GrpcBootstrap {
  hostAndPort(server);
  return {
    xds_servers: [{
      server_uri: server,
      channel_creds: [tls === undefined ? { type: "insecure" } : { type: "tls", config: grpcTls(tls) }],
      server_features: ["xds_v3"],
    }],
    // grpc-js cannot do without a locality.
    node: { id: node, ...cluster !== undefined && { cluster }, locality: {} },
    server_listener_resource_name_template: "grpc/server?xds.resource.listening_address=%s",
  };
}

function grpcTls({ caFile, certFile, keyFile }: BootstrapTls): object {
  return {
    ca_certificate_file: caFile,
    ...certFile !== undefined && keyFile !== undefined && { certificate_file: certFile, private_key_file: keyFile },
  };
}

interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

function hostAndPort(server: string): HostAndPort {
  const [, host, port] = /^(\[[^\]]+\]|[^:/\s]+):(\d{1,5})$/.exec(server) ?? [];
  if (host === undefined || !(Number(port) > 0 && Number(port) <= 65_535)) {
    throw new TypeError(
      `Cannot use the server ${JSON.stringify(server)}: it must be a host and a port, such as 127.0.0.1:18000`,
    );
  }
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}

function isIpAddress(host: string): boolean {
  return host.includes(":") || /^\d+(?:\.\d+){3}$/.test(host);
}

function socketAddress({ host, port }: HostAndPort): object {
  return { socket_address: { address: host, port_value: port } };
}

/** A duration of protobuf's JSON. */
function seconds(ms: number): string {
  return `${ms / 1000}s`;
}
