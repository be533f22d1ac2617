import assert from "node:assert/strict";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { RouteSchema } from "../../../gen/envoy/config/route/v3/route_components_pb.ts";
import { OnDemandSchema } from "../../../gen/envoy/extensions/filters/http/on_demand/v3/on_demand_pb.ts";
import {
  type HttpFilter,
  HttpFilterSchema,
} from "../../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts";
import { routerFilter, typedConfig } from "../../../src/v3/mod.ts";
import { type Case, onlyDelta } from "../case.ts";
import { adminJson, statOf } from "../look.ts";
import { edsCluster, endpointAt, httpListener, routesOf } from "../make.ts";
import { type Mode, sourceOf } from "../modes.ts";
import type { World } from "../world.ts";

/** Clusters that Envoy asks for when a request needs them: by delta only. */
export const ON_DEMAND_CLUSTERS: readonly Case[] = [{
  type: "CDS",
  name: "on demand: known, unknown (refused at once), and known later",
  modes: onlyDelta,
  // An Envoy that asks for all clusters has no need to ask for one.
  bootstrap: (usual) => {
    const { cds_config: _, ...others } = usual.dynamic_resources;
    return { ...usual, dynamic_resources: others };
  },
  async run(world) {
    const { mode, upstreams } = world;
    world.publish([
      ...[edsCluster(mode, "a"), endpointAt("a", upstreams.a.port)],
      ...[edsCluster(mode, "not asked for"), endpointAt("not asked for", upstreams.b.port)],
      httpListener(mode, "http", { manager: { httpFilters: [onDemand(mode), routerFilter()] } }),
      routesOf("http", "1", [toClusterInHeader()]),
    ]);
    await world.startEnvoy();
    await world.opens("http");
    assert.deepEqual(await clustersOf(world), []);
    await meets(world, "a", 200, "a");
    assert.deepEqual(await clustersOf(world), ["a"]);
    // The filter would wait for an hour for the cluster.
    await meets(world, "b", 503);

    // Envoy is still subscribed to it, so it does not ask again, but waits.
    const waiting = meets(world, "b", 200, "b");
    await Promise.race([waiting, world.reach("a request that waits", () => isWaiting(world))]);
    world.change({ update: [edsCluster(mode, "b"), endpointAt("b", upstreams.b.port)] });
    await waiting;
    assert.deepEqual(await clustersOf(world), ["a", "b"]);
    const load = world.load({ urls: [await world.url("http")], headers: { "x-cluster": "a" } });
    world.change({ update: [edsCluster(mode, "a", { connectTimeout: { seconds: 3n } })] });
    await world.reach("the change of a cluster on demand", async () => {
      assert.match(await world.envoy.admin("/config_dump?resource=dynamic_active_clusters"), /"connect_timeout": "3s"/);
    });
    await load.pass(5);
    await load.stop();
    world.change({ remove: [edsCluster(mode, "a")] });
    await world.reach("the removal of a cluster on demand", async () => {
      assert.deepEqual(await clustersOf(world), ["b"]);
    });
  },
}];

function onDemand(mode: Mode): HttpFilter {
  return create(HttpFilterSchema, {
    name: "envoy.filters.http.on_demand",
    configType: {
      case: "typedConfig",
      value: typedConfig(OnDemandSchema, { odcds: { source: sourceOf(mode), timeout: { seconds: 3600n } } }),
    },
  });
}

/** The request says which cluster it is for. */
function toClusterInHeader(): MessageInitShape<typeof RouteSchema> {
  return {
    match: { pathSpecifier: { case: "prefix", value: "/" } },
    action: { case: "route", value: { clusterSpecifier: { case: "clusterHeader", value: "x-cluster" } } },
  };
}

async function meets(world: World, cluster: string, status: number, upstream?: string): Promise<void> {
  const response = await world.get("http", "/", { headers: { "x-cluster": cluster } });
  assert.deepEqual({ status: response.status, upstream: response.headers["x-upstream"] }, { status, upstream });
}

async function isWaiting(world: World): Promise<void> {
  assert.equal(await statOf(world.envoy, "http.http.downstream_rq_active"), 1);
}

async function clustersOf(world: World): Promise<string[]> {
  const path = "/config_dump?resource=dynamic_active_clusters";
  const { configs = [] } = await adminJson<{ configs?: { cluster: { name: string } }[] }>(world.envoy, path);
  return configs.map(({ cluster }) => cluster.name).toSorted();
}
