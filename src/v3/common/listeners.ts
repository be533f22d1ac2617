import { ListenerSchema } from "../../../gen/envoy/config/listener/v3/listener_pb.ts";
import { HttpConnectionManagerSchema } from "../../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts";
import { TcpProxySchema } from "../../../gen/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy_pb.ts";
import { type Resource, resource } from "../../resource/mod.ts";
import { socketAddress } from "../address.ts";
import { ads } from "../config-source.ts";
import type { AccessLog, Address, ConfigSource, Filter, TransportSocket } from "../message-types.ts";
import { apiListener, httpConnectionManager, typedConfig } from "../typed-config.ts";
import { accessLogs } from "./access-log.ts";
import { type Fields, withDurations } from "./fields.ts";
import type { HttpManagerFields, ListenerFields, TcpProxyFields } from "./message-fields.ts";
import type { ResourcePart } from "./resource-part.ts";
import { type Routes, virtualHostsOf } from "./routes.ts";
import { downstreamTls, type DownstreamTlsOptions } from "./tls.ts";
import { type ClusterWeights, weightedClusters } from "./weights.ts";

/** What makers of listeners take; also any other field of `Listener`. */
export interface ListenerOptions extends ListenerFields, ResourcePart {
  /** The port; 0 for any that is free. */
  readonly port: number;
  /** The IP address to listen on, or an `Address` of another kind. Default: `0.0.0.0`, all IPv4 addresses. */
  readonly address?: string | Address;
  /** Terminates TLS: options of {@link downstreamTls}, or what it makes. Default: plaintext. */
  readonly tls?: DownstreamTlsOptions | TransportSocket;
  /** Logs each request, or each connection of TCP: `true` for standard output, or logs. Default: none. */
  readonly accessLog?: boolean | AccessLog | readonly AccessLog[];
}

/** How HTTP is routed. */
export interface HttpRoutingOptions {
  /** The name of a route configuration, served by RDS; or routes, which are then inside of the listener. */
  readonly routes: string | Routes;
  /** Where the route configuration comes from, if it is given by name. Default: ADS. */
  readonly source?: ConfigSource;
  /**
   * Any other field of the HTTP connection manager, such as `httpFilters`, of which the last one must be the router; with
   * none the router is added. Default of `statPrefix`: the name of the listener.
   */
  readonly http?: HttpManagerFields;
}

/** Options of {@link httpListener}. */
export interface HttpListenerOptions extends ListenerOptions, HttpRoutingOptions {}

/**
 * Makes a listener for HTTP/1.1 and HTTP/2, served by LDS.
 *
 * @param name - the name of the listener
 * @param options - the port and the routes; TLS with `h2` and `http/1.1` in ALPN
 * @throws TypeError for routes and certificates that cannot be used
 *
 * @example
 * ```ts
 * httpListener("ingress", { port: 10000, routes: "web" });
 * httpListener("secure", { port: 443, routes: { "/": "echo" }, tls: { certificate: "web" }, accessLog: true });
 * ```
 */
export function httpListener(name: string, options: HttpListenerOptions): Resource {
  const { routes, source, http, accessLog, tls, ...listener } = options;
  const manager = managerOf(name, { routes, source, http }, accessLog);
  return listenerOf(name, listener, {
    filter: httpConnectionManager(manager),
    tls: tls && !isSocket(tls) ? { alpn: ["h2", "http/1.1"], ...tls } : tls,
  });
}

/** Options of {@link tcpListener}. */
export interface TcpListenerOptions extends ListenerOptions {
  /** The name of the cluster that connections are passed on to, or several with their shares. */
  readonly cluster: string | ClusterWeights;
  /** Any other field of the TCP proxy, such as `idleTimeout`. Default of `statPrefix`: the name of the listener. */
  readonly tcp?: TcpProxyFields;
}

/**
 * Makes a listener that passes TCP connections on to a cluster, served by LDS.
 *
 * @param name - the name of the listener
 * @param options - the port and the cluster
 *
 * @example
 * ```ts
 * tcpListener("postgres", { port: 5432, cluster: "postgres", tcp: { idleTimeout: "1h" } });
 * ```
 */
export function tcpListener(name: string, options: TcpListenerOptions): Resource {
  const { cluster, tcp = {}, accessLog, tls, ...listener } = options;
  const clusterSpecifier: Fields<typeof TcpProxySchema>["clusterSpecifier"] = typeof cluster === "string"
    ? { case: "cluster", value: cluster }
    : { case: "weightedClusters", value: { clusters: weightedClusters(cluster) } };
  const proxy = typedConfig(TcpProxySchema, {
    statPrefix: name,
    ...withDurations(TcpProxySchema, tcp),
    clusterSpecifier,
    ...accessLog !== undefined && { accessLog: accessLogs(accessLog) },
  });
  const config = { case: "typedConfig", value: proxy } as const;
  return listenerOf(name, listener, { filter: { name: "envoy.filters.network.tcp_proxy", configType: config }, tls });
}

/** Options of {@link grpcTarget}; also any other field of `Listener`. */
export interface GrpcTargetOptions extends Omit<HttpRoutingOptions, "source">, ListenerFields, ResourcePart {}

/**
 * Makes a listener for proxyless gRPC clients, which dial `xds:///<name>`. It opens no port.
 *
 * @param name - what clients dial
 * @param options - the routes, whose prefixes are those of `/<package>.<Service>/<Method>`
 *
 * @example
 * ```ts
 * grpcTarget("echo", { routes: { "/": "echo" } });
 * ```
 */
export function grpcTarget(name: string, options: GrpcTargetOptions): Resource {
  const { routes, http, resource: resourceOptions, ...fields } = options;
  const manager = managerOf(name, { routes, http, source: undefined }, undefined);
  return resource(ListenerSchema, {
    ...withDurations(ListenerSchema, fields),
    name,
    apiListener: apiListener(manager),
  }, resourceOptions);
}

interface Routing {
  readonly routes: string | Routes;
  readonly source: ConfigSource | undefined;
  readonly http: HttpManagerFields | undefined;
}

function managerOf(name: string, { routes, source = ads(), http = {} }: Routing, log: ListenerOptions["accessLog"]) {
  const manager: Fields<typeof HttpConnectionManagerSchema> = { statPrefix: name, ...http };
  manager.routeSpecifier = typeof routes === "string"
    ? { case: "rds", value: { routeConfigName: routes, configSource: source } }
    : { case: "routeConfig", value: { name, virtualHosts: virtualHostsOf(routes) } };
  if (log !== undefined) manager.accessLog = accessLogs(log);
  return withDurations(HttpConnectionManagerSchema, manager);
}

interface Chain {
  readonly filter: Partial<Filter>;
  readonly tls: DownstreamTlsOptions | TransportSocket | undefined;
}

function listenerOf(
  name: string,
  { port, address = "0.0.0.0", resource: options, ...fields }: ListenerOptions,
  { filter, tls }: Chain,
): Resource {
  const transportSocket = tls === undefined || isSocket(tls) ? tls : downstreamTls(tls);
  return resource(ListenerSchema, {
    ...withDurations(ListenerSchema, fields),
    name,
    address: typeof address === "string" ? socketAddress(address, port) : address,
    filterChains: [{ filters: [filter as Filter], ...transportSocket && { transportSocket } }],
  }, options);
}

function isSocket(tls: object): tls is TransportSocket {
  return "$typeName" in tls;
}
