import type { Envoy } from "../../examples/demo/envoy.ts";
import { adminJson } from "../envoy/look.ts";
import { LISTENERS, type State, type Surroundings } from "./state.ts";

/** The content of a configuration, in a form that a state and a dump of Envoy can be compared in. */
export interface Content {
  /** Connect timeouts, by cluster. */
  readonly clusters: Readonly<Record<string, number>>;
  /** Clusters that are not in use yet. */
  readonly warming: readonly string[];
  /** Ports, by cluster. */
  readonly endpoints: Readonly<Record<string, number>>;
  /** The value of the response header `server`, by listener. */
  readonly listeners: Readonly<Record<string, string>>;
  /** The version and the cluster of each path, by route configuration. */
  readonly routes: Readonly<Record<string, readonly string[]>>;
  readonly certificate: string;
}

/** What Envoy has once it works with a state. */
export function contentOf(state: State, { upstreams, certificates }: Surroundings): Content {
  const routes = [`${state.version}`, ...state.routes];
  return {
    clusters: byName(state.clusters.map(({ name, connectTimeoutMs }) => [name, connectTimeoutMs])),
    warming: [],
    endpoints: byName(state.clusters.map(({ name, upstream }) => [name, upstreams[upstream]!])),
    listeners: byName(LISTENERS.map((name) => [name, state.serverName])),
    routes: byName(LISTENERS.map((name) => [name, routes])),
    certificate: certificates[state.certificate]!.cert,
  };
}

/** What Envoy has, by its own dump. */
export async function contentIn(envoy: Envoy): Promise<Content> {
  const { configs } = await adminJson<{ configs: readonly Dump[] }>(envoy, "/config_dump?include_eds");
  const all = Object.assign({}, ...configs) as Dump;
  const { dynamic_active_clusters = [], dynamic_warming_clusters = [], dynamic_endpoint_configs = [] } = all;
  const { dynamic_listeners = [], dynamic_route_configs = [], dynamic_active_secrets = [] } = all;
  const chain = dynamic_active_secrets[0]?.secret.tls_certificate?.certificate_chain;
  return {
    clusters: byName(dynamic_active_clusters.map(({ cluster }) => [cluster.name, msOf(cluster.connect_timeout)])),
    warming: dynamic_warming_clusters.map(({ cluster }) => cluster.name),
    endpoints: byName(
      dynamic_endpoint_configs.map(({ endpoint_config: { cluster_name, endpoints = [] } }) => [
        cluster_name,
        endpoints[0]?.lb_endpoints[0]?.endpoint.address.socket_address.port_value ?? 0,
      ]),
    ),
    listeners: byName(
      // An entry without a name is a rejection.
      dynamic_listeners.filter(({ name }) => name !== undefined).map(({ name, active_state }) => [
        name!,
        active_state?.listener.filter_chains[0]?.filters[0]?.typed_config.server_name ?? "",
      ]),
    ),
    routes: byName(
      dynamic_route_configs.map(({ route_config: { name, virtual_hosts, response_headers_to_add } }) => [
        name,
        [
          response_headers_to_add[0]?.header.value ?? "",
          ...virtual_hosts[0]?.routes.map(({ route }) => route.cluster) ?? [],
        ],
      ]),
    ),
    certificate: chain?.inline_string ?? atob(chain?.inline_bytes ?? ""),
  };
}

/** Where two contents differ, as text; undefined if they are equal. */
export function difference(wanted: Content, seen: Content): string | undefined {
  const parts = (Object.keys(wanted) as (keyof Content)[]).filter((part) => {
    return JSON.stringify(wanted[part]) !== JSON.stringify(seen[part]);
  });
  if (parts.length === 0) return undefined;
  return parts.map((part) => `${part}: ${short(seen[part])} instead of ${short(wanted[part])}`).join("; ");
}

function byName<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries([...entries].sort(([a], [b]) => a < b ? -1 : 1));
}

function msOf(duration: string): number {
  return Math.round(parseFloat(duration) * 1000);
}

function short(value: unknown): string {
  return JSON.stringify(value).slice(0, 400);
}

/** One of the parts of Envoy's dump: all fields that are looked at, of any of them. */
interface Dump {
  readonly dynamic_active_clusters?: readonly ClusterDump[];
  readonly dynamic_warming_clusters?: readonly ClusterDump[];
  readonly dynamic_endpoint_configs?: readonly {
    readonly endpoint_config: {
      readonly cluster_name: string;
      readonly endpoints?: readonly {
        readonly lb_endpoints: readonly {
          readonly endpoint: { readonly address: { readonly socket_address: { readonly port_value: number } } };
        }[];
      }[];
    };
  }[];
  readonly dynamic_listeners?: readonly {
    readonly name?: string;
    readonly active_state?: {
      readonly listener: {
        readonly filter_chains: readonly {
          readonly filters: readonly { readonly typed_config: { readonly server_name?: string } }[];
        }[];
      };
    };
  }[];
  readonly dynamic_route_configs?: readonly {
    readonly route_config: {
      readonly name: string;
      readonly virtual_hosts: readonly {
        readonly routes: readonly { readonly route: { readonly cluster: string } }[];
      }[];
      readonly response_headers_to_add: readonly { readonly header: { readonly value: string } }[];
    };
  }[];
  readonly dynamic_active_secrets?: readonly {
    readonly secret: {
      readonly tls_certificate?: {
        readonly certificate_chain: { readonly inline_string?: string; readonly inline_bytes?: string };
      };
    };
  }[];
}

interface ClusterDump {
  readonly cluster: { readonly name: string; readonly connect_timeout: string };
}
