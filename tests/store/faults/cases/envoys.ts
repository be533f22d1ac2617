import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { get } from "../../../../examples/demo/get.ts";
import { startEnvoy } from "../../../../examples/demo/envoy.ts";
import { ensureEnvoy } from "../../../../examples/demo/install-envoy.ts";
import { configOf } from "../../../../examples/cluster/envoy-config.ts";
import { Traffic } from "../../../../examples/cluster/traffic.ts";
import { resources, routes } from "../../../../examples/server/config.ts";
import { startEcho } from "../../../../examples/server/echo.ts";
import { edsCluster } from "../../../../src/v3/mod.ts";
import type { FaultCase } from "../case.ts";
import { Serving } from "../serving.ts";

/** Besides the one that requests go to. */
const CLUSTERS = 100;

/** Around each move, at least. */
const REQUESTS = 30;

/** Clients move between replicas. */
export const ENVOY_CASES: readonly FaultCase[] = [
  {
    name: "envoy-moves",
    what: "a real Envoy (delta, ADS) whose replica ends moves to another, while requests go through it",
    async run(world) {
      await using running = new AsyncDisposableStack();
      await ensureEnvoy({ onInstall: (what) => world.log(`installs ${what}`) });
      await world.startServers();
      const store = await world.connect();
      const upstream = running.use(await startEcho({ port: 0 }));
      const others = Array.from({ length: CLUSTERS }, (_, i) => edsCluster(`c${i}`, [`127.0.0.1:${upstream.port}`]));
      await store.publish("edge", [
        ...resources({ listenerPort: 0, upstreamPort: upstream.port }, "1"),
        ...others.flat(),
      ]);
      const replicas: Serving[] = [];
      for (let i = 0; i < 3; i++) {
        const { cache } = await world.startReplica({ store: await world.connect() });
        await cache.ready;
        const serving = new Serving(cache);
        running.defer(() => serving.close());
        await serving.start();
        replicas.push(serving);
      }
      const envoy = running.use(await startEnvoy({ config: configOf("edge", replicas.map(({ port }) => port)) }));
      await envoy.ready();
      const url = `http://127.0.0.1:${await envoy.listenerPort("http")}/`;
      const types = replicas.find(({ streams }) => streams > 0)!.types.size;
      assert.equal(sum(replicas, "resources"), 3 + 1 + 2 * CLUSTERS, "it has everything once");

      const traffic = new Traffic([url], 100);
      running.defer(() => traffic.stop());
      for (let i = 0; i < world.amounts.moves; i++) {
        for (const each of replicas) each.forget();
        const left = replicas.find(({ streams }) => streams > 0)!;
        const [start, { sent }] = [performance.now(), traffic];
        await left.stop();
        await world.until(
          () => replicas.some(({ streams, types: { size } }) => streams > 0 && size === types),
          "it has not subscribed to each type at another replica",
        );
        world.log(
          `moved in ${Math.round(performance.now() - start)} ms: ${sum(replicas, "responses")} responses with ` +
            `${sum(replicas, "resources")} resources and ${sum(replicas, "removals")} removals`,
        );
        await sleep(300);
        await world.until(() => traffic.sent >= sent + REQUESTS, "requests have stopped");
        assert.equal(sum(replicas, "resources"), 0, "it is sent nothing that it has");
        assert.equal(sum(replicas, "removals"), 0, "nothing is removed");
        await left.start();
      }
      await store.update("edge", { update: [routes("2")] });
      await world.until(async () => (await get(url)).headers["x-config-version"] === "2", "the change is not served");
      assert.equal(sum(replicas, "resources"), 1, "it is sent what has changed");
      await traffic.stop();
      world.log(`${traffic.sent} requests, ${traffic.failed} failed`);
      assert.equal(traffic.failed, 0);
    },
  },
];

function sum(replicas: readonly Serving[], what: keyof Serving["sent"]): number {
  return replicas.reduce((total, { sent }) => total + sent[what], 0);
}
