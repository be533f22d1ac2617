import assert from "node:assert/strict";
import { get } from "../../../examples/demo/get.ts";
import type { Resource } from "../../../mod.ts";
import type { Case } from "../case.ts";
import { expectOk } from "../load.ts";
import { adminJson } from "../look.ts";
import {
  edsCluster,
  endpointAt,
  httpListener,
  routesOf,
  scope,
  scopedListener,
  tcpListener,
  toCluster,
} from "../make.ts";
import type { World } from "../world.ts";

/** Many of each, all of which change with each update; one cluster and one listener are replaced by others. */
export const MANY: readonly Case[] = [{
  type: "all",
  name: "many clusters and listeners, batches of updates under load",
  async run(world) {
    world.publish(generation(world, 0));
    await world.startEnvoy();
    const urls = await works(world, 0);
    const load = world.load({ urls: urls.stable });
    for (let update = 1; update <= world.amounts.updates; update++) {
      world.publish(generation(world, update));
      await works(world, update);
      await load.pass(urls.stable.length);
    }
  },
}];

/** Something to ask for, and what it leads to. */
interface Target {
  readonly listener: string;
  readonly kind: "http" | "scoped" | "tcp";
  readonly cluster: number;
}

function generation({ mode, amounts, upstreams }: World, update: number): Resource[] {
  const clusters = clusterNames(amounts.clusters, update);
  const resources = clusters.flatMap((name, cluster) => [
    edsCluster(mode, name, { connectTimeout: { seconds: BigInt(1 + update) } }),
    endpointAt(name, upstreams[upstreamOf(cluster, update)].port),
  ]);
  for (
    const [listener, targets] of Object.entries(Object.groupBy(targetsOf(amounts, update), ({ listener }) => listener))
  ) {
    const { kind, cluster } = targets![0]!;
    const routes = () =>
      routesOf(listener, `${update}`, targets!.map(({ cluster }) => toCluster(clusters[cluster]!, `/${cluster}/`)));
    if (kind === "tcp") resources.push(tcpListener(listener, clusters[cluster]!, `${update}`));
    else if (kind === "http") {
      resources.push(httpListener(mode, listener, { manager: { serverName: `v${update}` } }), routes());
    } else {
      resources.push(scopedListener(mode, listener), scope(listener, listener, listener), routes());
    }
  }
  return resources;
}

/** Each cluster is asked for through one of the listeners for HTTP, and each listener leads somewhere. */
function targetsOf({ clusters, listeners }: World["amounts"], update: number): Target[] {
  const last = clusters - 1;
  return [
    ...Array.from({ length: Math.max(clusters, listeners) }, (_, i): Target => {
      return { listener: `http-${i % listeners}`, kind: "http", cluster: i % clusters };
    }),
    ...Array.from({ length: listeners }, (_, i) => [
      { listener: `scoped-${i}`, kind: "scoped", cluster: i % clusters } as const,
      { listener: `tcp-${i}`, kind: "tcp", cluster: i % clusters } as const,
    ]).flat(),
    { listener: `new-${update}`, kind: "http", cluster: last },
  ];
}

/** All but the last are the same in all updates, so that load can go through them in modes that know no order. */
function clusterNames(count: number, update: number): string[] {
  return Array.from({ length: count + 1 }, (_, i) => i < count ? `c${i}` : `c-new-${update}`);
}

function upstreamOf(cluster: number, update: number): "a" | "b" {
  return (cluster + update) % 2 === 0 ? "a" : "b";
}

/** Waits until a request to each target meets what it is to meet, and until nothing else is left. */
function works(world: World, update: number): Promise<{ readonly stable: readonly string[] }> {
  const targets = targetsOf(world.amounts, update);
  return world.reach(`update ${update} everywhere`, async () => {
    const ports = await portsOf(world);
    assert.deepEqual([...ports.keys()].toSorted(), [...new Set(targets.map(({ listener }) => listener))].toSorted());
    const urls = targets.map(({ listener, cluster }) => `http://127.0.0.1:${ports.get(listener)}/${cluster}/`);
    for (let i = 0; i < targets.length; i += 16) {
      await Promise.all(targets.slice(i, i + 16).map((target, k) => expectTarget(target, urls[i + k]!, update)));
    }
    const stable = urls.filter((_, i) => targets[i]!.kind === "http" && !targets[i]!.listener.startsWith("new"));
    const clusters = await adminJson<{ configs: { cluster: { name: string } }[] }>(
      world.envoy,
      "/config_dump?resource=dynamic_active_clusters",
    );
    const names = clusters.configs.map(({ cluster }) => cluster.name);
    assert.deepEqual(names.toSorted(), clusterNames(world.amounts.clusters, update).toSorted());
    return { stable };
  });
}

async function expectTarget({ kind, listener, cluster }: Target, url: string, update: number): Promise<void> {
  const response = await get(url, { headers: { "x-scope": listener } });
  expectOk(response);
  assert.equal(response.headers["x-upstream"], upstreamOf(cluster, update), url);
  if (kind !== "tcp") assert.equal(response.headers["x-config-version"], `${update}`, url);
}

async function portsOf({ envoy }: World): Promise<Map<string, number>> {
  const page = await adminJson<ListenersPage>(envoy, "/listeners?format=json");
  const statuses = page.listener_statuses ?? [];
  return new Map(statuses.map(({ name, local_address }) => [name, local_address.socket_address.port_value]));
}

interface ListenersPage {
  readonly listener_statuses?: readonly {
    readonly name: string;
    readonly local_address: { readonly socket_address: { readonly port_value: number } };
  }[];
}
