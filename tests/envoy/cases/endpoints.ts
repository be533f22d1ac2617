import assert from "node:assert/strict";
import { endpoints, hostEndpoint } from "../../../src/v3/mod.ts";
import type { Case } from "../case.ts";
import { edsCluster, httpListener, routesOf, toCluster } from "../make.ts";
import type { World } from "../world.ts";

/** Endpoints, by EDS. */
export const ENDPOINTS: readonly Case[] = [{
  type: "EDS",
  name: "endpoints come and go under load",
  async run(world) {
    const { mode } = world;
    world.publish([
      edsCluster(mode, "echo"),
      httpListener(mode, "http"),
      routesOf("http", "1", [toCluster("echo")]),
      endpointsAt(world, "a"),
    ]);
    await world.startEnvoy();
    await meets(world, ["a"]);
    const load = world.load({ urls: [await world.url("http")] });
    for (const upstreams of [["a", "b"], ["b"], ["b", "a"], ["a"]] as const) {
      world.change({ update: [endpointsAt(world, ...upstreams)] });
      await meets(world, upstreams);
      await load.pass(10);
    }
    await load.stop();

    world.change({ update: [endpointsAt(world)] });
    await world.reach("a cluster without endpoints", async () => {
      const { status, body } = await world.get("http");
      assert.deepEqual({ status, body }, { status: 503, body: "no healthy upstream" });
    });
    world.change({ update: [endpointsAt(world, "b")] });
    await meets(world, ["b"]);
  },
}];

function endpointsAt({ upstreams }: World, ...names: readonly ("a" | "b")[]) {
  const lbEndpoints = names.map((name) => hostEndpoint("127.0.0.1", upstreams[name].port));
  return endpoints({ clusterName: "echo", endpoints: [{ lbEndpoints }] });
}

/** Waits until requests go to these upstreams and no others: they take turns. */
function meets(world: World, names: readonly string[]): Promise<void> {
  return world.reach(`requests to ${names}`, async () => {
    const met = new Set<unknown>();
    for (let i = 0; i < 4; i++) met.add((await world.get("http")).headers["x-upstream"]);
    assert.deepEqual([...met].toSorted(), names.toSorted());
  });
}
