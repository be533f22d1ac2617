import type { Envoy } from "../../examples/demo/envoy.ts";
import { get } from "../../examples/demo/get.ts";

/** What there is to see of an Envoy from outside: a request that goes through it, and its admin interface. */
export interface Seen {
  readonly status: number;
  readonly serverName: string | undefined;
  readonly version: string | undefined;
  readonly upstream: string | undefined;
  readonly connectTimeoutSeconds: number;
  /** The port of the one endpoint of the cluster. */
  readonly endpoint: number | undefined;
}

/** Sends a request, and reads the admin interface. */
export async function lookAt(envoy: Envoy): Promise<Seen> {
  const port = await envoy.listenerPort("http");
  const { status, headers } = await get(`http://127.0.0.1:${port}/`);
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
  };
}

/** The value of a counter or gauge of Envoy. */
export async function statOf(envoy: Envoy, name: string): Promise<number> {
  const { stats } = await adminJson<StatsPage>(envoy, `/stats?format=json&filter=${encodeURIComponent(name)}`);
  const value = stats.find((stat) => stat.name === name)?.value;
  if (value === undefined) throw new Error(`Envoy has no stat ${name}, only ${stats.map((stat) => stat.name)}`);
  return value;
}

async function adminJson<T>(envoy: Envoy, path: string): Promise<T> {
  return JSON.parse(await envoy.admin(path)) as T;
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

interface StatsPage {
  readonly stats: readonly { readonly name?: string; readonly value?: number }[];
}
