import { type Resource, stringsAt, visitPath } from "../resource/mod.ts";
import { edsOfCluster } from "./eds-of-cluster.ts";

// The names by which v3 resources refer to others, read from a few fields of the wire format, so that a server does not
// load the types of Envoy's configuration. Paths are field numbers.

/** The endpoints of a cluster of type EDS, unless it reads them from a file. */
export function endpointsOfCluster(resource: Resource): readonly string[] {
  return edsOf(resource).names;
}

/** The same for clusters that get them on the same ADS stream, not on a stream of their own. */
export function endpointsOverAds(resource: Resource): readonly string[] {
  const { names, isOverAds } = edsOf(resource);
  return isOverAds ? names : [];
}

/** The clusters that a virtual host routes to, mirrored ones included. */
export const clustersInVirtualHost = memoized(({ bytes }) => clustersIn(bytes, ROUTE_ACTION.slice(1)));

/** The clusters that a route configuration routes to, mirrored ones included. */
export const clustersInRoute = memoized(({ bytes }) => clustersIn(bytes));

/** The route configurations that the HTTP connection managers of a listener subscribe to. */
export const routesInListener = memoized(({ bytes }) => {
  const names: string[] = [];
  visitFilters(bytes, HTTP_CONNECTION_MANAGER, (config) => names.push(...stringsAt(config, [3, 2])));
  return unique(names);
});

/** The clusters that a listener refers to directly: by inline routes, or as a TCP proxy. */
export const clustersInListener = memoized(({ bytes }) => {
  const names: string[] = [];
  visitFilters(bytes, HTTP_CONNECTION_MANAGER, (config) => {
    visitPath(config, [4], (routes) => names.push(...clustersIn(routes)));
  });
  visitFilters(bytes, TCP_PROXY, (config) => names.push(...stringsAt(config, [2]), ...stringsAt(config, [10, 1, 1])));
  return unique(names);
});

/** The route configuration of a scope. */
export const routeOfScope = memoized(({ bytes }) => unique(stringsAt(bytes, [2])));

/** The collections of endpoints that the localities of a cluster subscribe to over LEDS. */
export const collectionsOfEndpoints = memoized(({ bytes }) => unique(stringsAt(bytes, [2, 8, 2])));

/** The collection of virtual hosts of a route configuration with VHDS: Envoy discards them when it receives it. */
export const virtualHostsOfRoute = memoized(({ name, bytes }) => {
  let usesVhds = false;
  visitPath(bytes, [9], () => usesVhds = true);
  return usesVhds ? [`${name}/*`] : NO_NAMES;
});

/** The secrets that the TLS contexts of a cluster get over SDS. */
export const secretsOfCluster = memoized(({ bytes }) => {
  const contexts = CLUSTER_SOCKETS.flatMap((path) => tlsContexts(bytes, path, UPSTREAM_TLS));
  return unique(contexts.flatMap((context) => secretsIn(context)));
});

/** The secrets that the TLS contexts of a listener get over SDS. */
export const secretsOfListener = memoized(({ bytes }) => {
  const contexts = LISTENER_SOCKETS.flatMap((path) => tlsContexts(bytes, path, DOWNSTREAM_TLS));
  const tickets = contexts.flatMap((context) => overServer(context, [5]));
  return unique([...contexts.flatMap((context) => secretsIn(context)), ...tickets]);
});

const edsOf = memoized((resource) => {
  const eds = edsOfCluster(resource.bytes);
  return eds === undefined ? NO_EDS : { names: [eds.name || resource.name], isOverAds: eds.isOverAds };
});

/** Entries of up to 100 bytes each. */
const MAX_KNOWN = 32_768;
const NO_NAMES: readonly string[] = [];
const NO_EDS = { names: NO_NAMES, isOverAds: false };

/** Paths to a transport socket: of a cluster, and of its matches; of a filter chain, and of the default one. */
const CLUSTER_SOCKETS = [[24], [43, 3]];
const LISTENER_SOCKETS = [[3, 6], [25, 6]];
const TLS = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.";
const UPSTREAM_TLS = `${TLS}UpstreamTlsContext`;
const DOWNSTREAM_TLS = `${TLS}DownstreamTlsContext`;

/** Paths from a `CommonTlsContext` to a `SdsSecretConfig`: certificates, what is trusted, and both together. */
const SDS_CONFIGS = [[6], [7], [8, 2]];

function tlsContexts(bytes: Uint8Array, path: readonly number[], typeUrl: string): Uint8Array[] {
  const contexts: Uint8Array[] = [];
  visitPath(bytes, [...path, 3], (any) => {
    if (stringsAt(any, [1])[0] === typeUrl) visitPath(any, [2], (context) => contexts.push(context));
  });
  return contexts;
}

function secretsIn(context: Uint8Array): string[] {
  return SDS_CONFIGS.flatMap((path) => overServer(context, [1, ...path]));
}

/** The names that are got from a server: those without a source are of the bootstrap, and others are from a file. */
function overServer(bytes: Uint8Array, path: readonly number[]): string[] {
  const names: string[] = [];
  visitPath(bytes, path, (config) => {
    const isServed = SERVED.some((source) => {
      let isSet = false;
      visitPath(config, [2, source], () => isSet = true);
      return isSet;
    });
    if (isServed) names.push(...stringsAt(config, [1]));
  });
  return names;
}

/** Fields of `ConfigSource`: `api_config_source`, `ads` and `self`. */
const SERVED = [2, 3, 5];

const HTTP_CONNECTION_MANAGER =
  "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
const TCP_PROXY = "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy";

/** Paths to a filter's `Any`: filter chains, the default filter chain, and the API listener of gRPC clients. */
const FILTERS = [[3, 3, 4], [25, 3, 4], [19, 1]];

/** Paths from a `RouteConfiguration`: `virtual_hosts.routes.route`, and from there the fields that name a cluster. */
const ROUTE_ACTION = [2, 3, 2];
const CLUSTER_NAMES = [[1], [3, 1, 1], [30, 1]];

function clustersIn(bytes: Uint8Array, pathToAction: readonly number[] = ROUTE_ACTION): readonly string[] {
  const names: string[] = [];
  visitPath(bytes, pathToAction, (action) => {
    for (const path of CLUSTER_NAMES) names.push(...stringsAt(action, path));
  });
  return unique(names);
}

function visitFilters(listener: Uint8Array, typeUrl: string, visit: (config: Uint8Array) => void): void {
  for (const path of FILTERS) {
    visitPath(listener, path, (any) => {
      if (stringsAt(any, [1])[0] === typeUrl) visitPath(any, [2], visit);
    });
  }
}

function unique(names: readonly string[]): readonly string[] {
  const found = new Set(names);
  found.delete("");
  return found.size === 0 ? NO_NAMES : [...found];
}

/**
 * Reads a resource once while it is among thousands, since resources are immutable. Beyond that it is read again: an
 * entry for each of very many would take as much memory as a small resource.
 */
function memoized<T extends object>(read: (resource: Resource) => T): (resource: Resource) => T {
  let known = new WeakMap<Resource, T>();
  let size = 0;
  return (resource) => {
    let found = known.get(resource);
    if (found !== undefined) return found;
    if (size++ === MAX_KNOWN) {
      known = new WeakMap();
      size = 1;
    }
    known.set(resource, found = read(resource));
    return found;
  };
}
