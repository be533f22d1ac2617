import assert from "node:assert/strict";
import type { Resource } from "../../../mod.ts";
import { CLUSTER_TYPE, ENDPOINT_TYPE, LISTENER_TYPE, ROUTE_TYPE } from "../../../src/v3/mod.ts";
import { type Case, speaksV3 } from "../case.ts";
import { edsCluster, endpointsAt, routesOf, target, toCluster } from "../make.ts";
import type { World } from "../world.ts";

/** A target from its first call on. */
export const TARGETS: readonly Case[] = [
  {
    name: "S3 a target is resolved and called, and its endpoints are followed",
    everywhere: true,
    async run(world) {
      const { a, b, c } = world.backends;
      await world.publish(...echo(), endpointsAt("echo", a));
      await world.meets(["a"]);
      for (const backends of [[b], [a, b], [c, b, a], [a]]) {
        await world.change({ update: [endpointsAt("echo", ...backends)] });
        await world.meets(backends.map(({ name }) => name));
      }
      await world.listen();
      assert.match(clientOf(world), world.client.userAgent);
    },
  },
  {
    name: "S4 what was sent is not sent again",
    clients: speaksV3,
    async run(world) {
      const { a, b } = world.backends;
      await world.publish(...echo(), endpointsAt("echo", a));
      await world.meets(["a"]);
      await world.change({ update: [endpointsAt("echo", b)] });
      await world.meets(["b"]);
      await world.settles();
      const { journal } = world;
      const sent = [LISTENER_TYPE, ROUTE_TYPE, CLUSTER_TYPE, ENDPOINT_TYPE].map((type) => {
        return journal.of("response", type).length;
      });
      assert.deepEqual(sent, [1, 1, 1, 2]);
      assert.equal(journal.of("ack").length, 5);
    },
  },
  {
    name: "S24 S28 calls wait for what does not exist yet",
    async run(world) {
      await world.publish();
      const call = world.call();
      await world.hears("an empty response", (journal) => assert.deepEqual(journal.of("response")[0]?.names, []));
      await world.change({ update: [target("echo")] });
      await world.hears("a request of routes", (journal) => {
        assert.ok(journal.subscribed.includes("RouteConfiguration echo"), `${journal.subscribed}`);
      });
      await world.change({ update: [routesOf("echo", toCluster("echo")), edsCluster("echo")] });
      await world.hears("a request of endpoints", (journal) => {
        assert.ok(journal.subscribed.includes("ClusterLoadAssignment echo"), `${journal.subscribed}`);
      });
      await world.change({ update: [endpointsAt("echo", world.backends.a)] });
      assert.deepEqual(await call, { responses: { a: 8 } });
    },
  },
  {
    name: "S17 S25 several targets of one process, each with a part of the resources",
    async run(world) {
      const { a, b, c } = world.backends;
      await world.publish(
        ...echo(),
        endpointsAt("echo", a),
        ...echo("more"),
        endpointsAt("more", b),
        // No client subscribes to these.
        ...echo("unused"),
        endpointsAt("unused", c),
      );
      await world.meets(["a"]);
      await world.meets(["b"], { target: "xds:///more" });
      await world.change({ update: [endpointsAt("echo", c), endpointsAt("more", a)] });
      await world.meets(["c"]);
      await world.meets(["a"], { target: "xds:///more" });
      await world.listen();
      const names = world.journal.of("response").flatMap(({ names }) => names);
      assert.deepEqual([...new Set(names)].toSorted(), ["echo", "more"]);
    },
  },
  {
    name: "S16 S18 S19 a target that is closed and opened again, beside another",
    async run(world) {
      const { a, b, c } = world.backends;
      await world.publish(...echo(), endpointsAt("echo", a), ...echo("more"), endpointsAt("more", b));
      await world.meets(["a"]);
      await world.meets(["b"], { target: "xds:///more" });
      await world.send({ do: "close", target: "xds:///more" });
      await world.change({ update: [endpointsAt("echo", b), endpointsAt("more", c)] });
      await world.meets(["b"]);
      await world.meets(["c"], { target: "xds:///more" });
    },
  },
  {
    name: "T8 the last target is closed, and opened again",
    async run(world) {
      const { a, b } = world.backends;
      await world.publish(...echo(), endpointsAt("echo", a));
      await world.meets(["a"]);
      await world.settles();
      await world.send({ do: "close", target: "xds:///echo" });
      await world.hears("the end of the stream", (journal) => assert.equal(journal.of("close").length, 1));
      const { journal } = world;
      assert.deepEqual(journal.subscribed, []);
      // In order, or as one that was cancelled.
      assert.equal(journal.of("close")[0]!.message === undefined, world.client.habits.leaves === "by half-close");
      await world.change({ update: [endpointsAt("echo", b)] });
      await world.meets(["b"]);
    },
  },
];

/** A target with all but its endpoints. */
function echo(name = "echo"): Resource[] {
  return [target(name), routesOf(name, toCluster(name)), edsCluster(name)];
}

function clientOf({ journal }: World): string {
  return journal.of("request")[0]?.client ?? "no client";
}
