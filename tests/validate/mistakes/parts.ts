import { any, type Json } from "./json.ts";

/** Resources on the same stream. */
export const ADS: Json = { ads: {}, resource_api_version: "V3", initial_fetch_timeout: "1s" };

/** An address. */
export function socket(address: string, port: number): Json {
  return { socket_address: { address, port_value: port } };
}

/** The endpoints of a cluster, of which there is one. */
export function endpointsAt(cluster: string, host: string, port: number): Json {
  return { cluster_name: cluster, endpoints: [{ lb_endpoints: [{ endpoint: { address: socket(host, port) } }] }] };
}

/** A network filter for HTTP with the router and what is given. */
export function manager(fields: Json): Json {
  return {
    name: "http",
    typed_config: any("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", {
      http_filters: [router()],
      ...fields,
    }),
  };
}

/** The filter that ends a chain. */
export function router(): Json {
  return { name: "router", typed_config: any("envoy.extensions.filters.http.router.v3.Router") };
}
