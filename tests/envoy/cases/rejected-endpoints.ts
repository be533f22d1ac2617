import assert from "node:assert/strict";
import { type Case, onlyStreams } from "../case.ts";
import { edsCluster, endpointAt, httpListener, routesOf, toCluster } from "../make.ts";

/** An Envoy that rejects the endpoints of a changed cluster uses the cluster without any. */
export const REJECTED_ENDPOINTS: readonly Case[] = [{
  type: "EDS",
  name: "a cluster that changes together with endpoints that are rejected gets back those that it had",
  modes: onlyStreams,
  async run(world) {
    const { mode, upstreams } = world;
    world.publish([
      edsCluster(mode, "a"),
      endpointAt("a", upstreams.a.port),
      httpListener(mode, "http"),
      routesOf("http", "1", [toCluster("a")]),
    ]);
    await world.startEnvoy();
    const responds = () => world.get("http").then(({ status }) => assert.equal(status, 200));
    await world.reach("the endpoints", responds);
    world.change({
      update: [edsCluster(mode, "a", { connectTimeout: { seconds: 2n } }), endpointAt("a", 1, "nowhere")],
    });
    await world.reach("a NACK", () => assert.notDeepEqual(world.server.journal.nacks, []));
    await world.reach("the endpoints that it had", responds);
    assert.ok(world.server.journal.quarantined.length > 0, "the endpoints are not in quarantine");
    world.server.journal.nacks.splice(0);
    world.change({ update: [endpointAt("a", upstreams.b.port)] });
    await world.reach("the endpoints that are repaired", async () => {
      assert.equal((await world.get("http")).headers["x-upstream"], "b");
    });
  },
}];
