import assert from "node:assert/strict";
import type { Case } from "../case.ts";
import { echoResources, FIRST, moveTo, reached, startWith } from "../echo-config.ts";
import { expectOk } from "../load.ts";
import { statOf } from "../look.ts";
import { edsCluster, endpointAt, httpListener, routesOf, toCluster } from "../make.ts";

/** Clusters, by CDS. */
export const CLUSTERS: readonly Case[] = [
  {
    type: "CDS",
    name: "an empty configuration is a response",
    async run(world) {
      world.publish([]);
      await world.startEnvoy();
      await world.envoy.ready();
      world.publish(echoResources(world, FIRST));
      await reached(world, FIRST);
      world.publish([]);
      await world.reach("Envoy without a cluster", async () => {
        assert.equal(await statOf(world.envoy, "cluster_manager.active_clusters"), 1);
        assert.equal(await statOf(world.envoy, "listener_manager.total_listeners_active"), 0);
      });
    },
  },
  {
    type: "CDS",
    name: "a change of the cluster alone, its endpoints as before",
    async run(world) {
      await startWith(world, FIRST);
      const load = world.load({ urls: [await world.url("http")] });
      for (let i = 2; i <= 10; i++) {
        await moveTo(world, { ...FIRST, connectTimeoutSeconds: i });
        await load.pass(5);
        assert.equal(await statOf(world.envoy, "cluster_manager.warming_clusters"), 0);
      }
    },
  },
  {
    type: "CDS",
    name: "a cluster is removed, and comes back",
    async run(world) {
      const { mode, upstreams } = world;
      const listener = httpListener(mode, "http");
      const routes = routesOf("http", "1", [toCluster("comes-and-goes", "/goes"), toCluster("stays")]);
      const stays = [edsCluster(mode, "stays"), endpointAt("stays", upstreams.a.port)];
      const goes = [edsCluster(mode, "comes-and-goes"), endpointAt("comes-and-goes", upstreams.b.port)];
      world.publish([listener, routes, ...stays, ...goes]);
      await world.startEnvoy();
      const get = (path: string, status: number) =>
        world.reach(`status ${status} at ${path}`, async () => {
          const response = await world.get("http", path);
          assert.equal(response.status, status, response.body);
          return response;
        });
      await get("/goes", 200);
      const load = world.load({ urls: [await world.url("http", "/stays")] });
      for (let i = 0; i < 3; i++) {
        world.change({ remove: goes });
        await get("/goes", 503);
        world.change({ update: goes });
        expectOk(await get("/goes", 200));
        await load.pass(5);
      }
    },
  },
];
