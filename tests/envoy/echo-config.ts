import { Cluster_DiscoveryType } from "../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import type { Resource } from "../../mod.ts";
import {
  cluster,
  endpoints,
  hostEndpoint,
  httpConnectionManager,
  listener,
  routeConfiguration,
  socketAddress,
} from "../../src/v3/mod.ts";
import { adminJson } from "./look.ts";
import { type Mode, sourceOf } from "./modes.ts";
import type { World } from "./world.ts";

/** What makes one configuration differ from another: one field for each type, each to be seen from outside. */
export interface State {
  /** Of the listener: the value of the response header `server`. */
  readonly serverName: string;
  /** Of the routes: the value of the response header `x-config-version`. */
  readonly version: string;
  /** Of the cluster; only Envoy itself shows it. */
  readonly connectTimeoutSeconds: number;
  /** Of the endpoints: which upstream they lead to, as it says in the response header `x-upstream`. */
  readonly upstream: "a" | "b";
}

/** A state to start from. */
export const FIRST: State = { serverName: "first", version: "first", connectTimeoutSeconds: 1, upstream: "a" };

/** A listener on any free port, its routes, a cluster and its endpoints. */
export function echoResources({ mode, upstreams }: World, state: State): Resource[] {
  return [
    echoCluster(mode, state.connectTimeoutSeconds),
    echoEndpoints(upstreams[state.upstream].port),
    httpListener(mode, state.serverName),
    routes(state.version),
  ];
}

/** Publishes a state, starts Envoy, and waits until it works with it. */
export async function startWith(world: World, state: State): Promise<void> {
  world.publish(echoResources(world, state));
  await world.startEnvoy();
  await reached(world, state);
}

/** Publishes a state, and waits until Envoy works with it. */
export async function moveTo(world: World, state: State): Promise<void> {
  world.publish(echoResources(world, state));
  await reached(world, state);
}

/** Waits until Envoy works with a state: by what a request through it meets, and by what it says itself. */
export function reached(world: World, state: State): Promise<void> {
  const wanted = { status: 200, ...state, endpoint: world.upstreams[state.upstream].port };
  return world.reach(`${JSON.stringify(wanted)} in Envoy`, async () => {
    const seen = await lookAt(world);
    for (const [key, value] of Object.entries(wanted)) {
      if (seen[key as keyof typeof seen] !== value) throw new Error(JSON.stringify(seen));
    }
  });
}

/** Envoy rejects a timeout of 0. */
export function echoCluster(mode: Mode, connectTimeoutSeconds: number): Resource {
  return cluster({
    name: "echo",
    clusterDiscoveryType: { case: "type", value: Cluster_DiscoveryType.EDS },
    edsClusterConfig: { edsConfig: sourceOf(mode) },
    connectTimeout: { seconds: BigInt(connectTimeoutSeconds) },
  });
}

/** Envoy rejects a host that is not an IP address. */
export function echoEndpoints(port: number, host = "127.0.0.1"): Resource {
  return endpoints({ clusterName: "echo", endpoints: [{ lbEndpoints: [hostEndpoint(host, port)] }] });
}

/** Envoy rejects a host that is not an IP address. */
export function httpListener(mode: Mode, serverName: string, host = "127.0.0.1"): Resource {
  return listener({
    name: "http",
    address: socketAddress(host, 0),
    filterChains: [{
      filters: [
        httpConnectionManager({
          serverName,
          routeSpecifier: { case: "rds", value: { routeConfigName: "routes", configSource: sourceOf(mode) } },
        }),
      ],
    }],
  });
}

/** Envoy rejects a regular expression such as `(`. */
export function routes(version: string, regex = ".*"): Resource {
  return routeConfiguration({
    name: "routes",
    virtualHosts: [{
      name: "all",
      domains: ["*"],
      routes: [{
        match: { pathSpecifier: { case: "safeRegex", value: { regex } } },
        action: { case: "route", value: { clusterSpecifier: { case: "cluster", value: "echo" } } },
      }],
    }],
    responseHeadersToAdd: [{ header: { key: "x-config-version", value: version } }],
  });
}

/** What is to be seen of an Envoy from outside: a request that goes through it, and its admin interface. */
export interface Seen extends Partial<State> {
  readonly status: number;
  /** The port of the one endpoint of the cluster. */
  readonly endpoint: number | undefined;
}

/** Sends a request, and reads the admin interface. */
export async function lookAt(world: World): Promise<Seen> {
  const { envoy } = world;
  const { status, headers } = await world.get("http");
  const dump = await adminJson<ConfigDump>(envoy, "/config_dump?resource=dynamic_active_clusters");
  const cluster = dump.configs?.find((config) => config.cluster.name === "echo")?.cluster;
  const clusters = await adminJson<ClustersPage>(envoy, "/clusters?format=json");
  const hosts = clusters.cluster_statuses.find(({ name }) => name === "echo")?.host_statuses ?? [];
  return {
    status,
    serverName: headers["server"]?.toString(),
    version: headers["x-config-version"]?.toString(),
    upstream: headers["x-upstream"]?.toString(),
    connectTimeoutSeconds: parseFloat(cluster?.connect_timeout ?? ""),
    endpoint: hosts.length === 1 ? hosts[0]?.address.socket_address.port_value : undefined,
  } as Seen;
}

interface ClustersPage {
  readonly cluster_statuses: readonly {
    readonly name: string;
    readonly host_statuses?: readonly {
      readonly address: { readonly socket_address: { readonly port_value: number } };
    }[];
  }[];
}

interface ConfigDump {
  readonly configs?: readonly { readonly cluster: { readonly name: string; readonly connect_timeout: string } }[];
}
