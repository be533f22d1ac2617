import assert from "node:assert/strict";
import type { Case } from "../case.ts";
import { edsCluster, endpointAt, httpListener, routesOf, toCluster } from "../make.ts";

/** Connections and streams that the server ends. */
export const LIFE_CYCLE: readonly Case[] = [
  {
    type: "all",
    name: "connections end at their age: Envoy connects again, no request fails, and no change is lost",
    modes: ({ http1 = false }) => !http1,
    listen: { maxConnectionAgeMs: 600, maxConnectionAgeGraceMs: 300 },
    async run(world) {
      world.publish([
        ...[edsCluster(world.mode, "a"), endpointAt("a", world.upstreams.a.port)],
        ...[edsCluster(world.mode, "b"), endpointAt("b", world.upstreams.b.port)],
        httpListener(world.mode, "http"),
        routesOf("http", "0", [toCluster("a")]),
      ]);
      await world.startEnvoy();
      await world.opens("http");
      const load = world.load({ urls: [await world.url("http")] });
      const aged = () => world.server.status().connections.aged;
      for (let i = 1; aged() < 5 || i <= 5; i++) {
        const cluster = i % 2 === 0 ? "a" : "b";
        world.change({ update: [routesOf("http", `${i}`, [toCluster(cluster)])] });
        await world.reach(`routes ${i}`, async () => {
          const { status, headers } = await world.get("http");
          assert.deepEqual([status, headers["x-upstream"]], [200, cluster]);
        });
        await load.pass(5);
      }
      assert.equal(world.server.status().limits.maxConnectionAgeMs, aged());
    },
  },
  {
    type: "all",
    name: "new streams wait for the rate, and Envoy has its configuration all the same",
    modes: ({ aggregated, pollMs }) => !aggregated && pollMs === undefined,
    server: { newStreamsPerSecond: 2 },
    async run(world) {
      world.publish([
        ...[edsCluster(world.mode, "a"), endpointAt("a", world.upstreams.a.port)],
        httpListener(world.mode, "http"),
        routesOf("http", "0", [toCluster("a")]),
      ]);
      await world.startEnvoy();
      await world.opens("http");
      await world.reach("the upstream", async () => assert.equal((await world.get("http")).status, 200));
      assert.ok(world.server.status().limits.newStreamsPerSecond > 0);
    },
  },
];
