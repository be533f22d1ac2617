import assert from "node:assert/strict";
import type { Resource } from "../../../mod.ts";
import { CLUSTER_TYPE, ENDPOINT_TYPE } from "../../../src/v3/mod.ts";
import { type Case, speaksV3 } from "../case.ts";
import { edsCluster, endpointsAt, routesOf, target, toCluster, unusableCluster, unusableEndpoints } from "../make.ts";
import type { World } from "../world.ts";

/** What a client rejects. */
export const REJECTED: readonly Case[] = [
  {
    name: "S5 S6 S7 a bad cluster beside a good one is reported once, and sent once",
    everywhere: true,
    clients: speaksV3,
    async run(world) {
      const { a, b, c } = world.backends;
      await start(world);
      const { version, nonce } = await reject(world, CLUSTER_TYPE, [
        unusableCluster("bad"),
        edsCluster("good", "good-2"),
      ], [
        endpointsAt("good-2", c),
      ]);
      const rejection = world.journal.of("request").find((request) => request.nonce === nonce && request.message);
      assert.equal(rejection!.version === version, world.client.habits.rejects === "new version");
      // What is good in the response is used, and what is bad stays as it was.
      await world.meets(["c"]);
      await world.meets(["b"], { method: "other" });

      await world.change({ update: [endpointsAt("good-2", a)] });
      await world.meets(["a"]);
      await world.settles();
      // The second has what was accepted last of the bad one.
      assert.equal(responses(world, CLUSTER_TYPE, version), 2);
      assert.deepEqual(world.journal.nacks, []);

      await world.change({ update: [edsCluster("bad", "bad-2"), endpointsAt("bad-2", c)] });
      await world.meets(["c"], { method: "other" });
      await world.change({ update: [endpointsAt("bad-2", b)] });
      await world.meets(["b"], { method: "other" });
    },
  },
  {
    name: "S8 names that are added after a rejection get a response",
    clients: speaksV3,
    async run(world) {
      const { a, b } = world.backends;
      await start(world);
      await reject(world, CLUSTER_TYPE, [unusableCluster("bad")]);
      await world.change({
        update: [
          edsCluster("new"),
          endpointsAt("new", a),
          routesOf("echo", toCluster("bad", "/echo.Echo/Other"), toCluster("new")),
          endpointsAt("good", b),
        ],
      });
      await world.meets(["a"]);
      // The bad one is still there, in a response with other content, and so is rejected another time.
      await world.settles();
      const again = world.journal.nacks.splice(0);
      const contents = new Set(again.map(({ version }) => version));
      assert.equal(again.length, contents.size, "a content was rejected twice");
      const reasons = world.journal.of("request", CLUSTER_TYPE).filter(({ message }) => message !== undefined);
      assert.equal(reasons.length > 1 + again.length, world.client.habits.repeatsReason);
    },
  },
  {
    name: "S5 S6 unusable endpoints are rejected, and those that follow are taken",
    clients: speaksV3,
    async run(world) {
      const { b } = world.backends;
      await start(world);
      const { version } = await reject(world, ENDPOINT_TYPE, [unusableEndpoints("good")]);
      await world.meets(["a"]);
      assert.equal(responses(world, ENDPOINT_TYPE, version), 1);
      await world.change({ update: [endpointsAt("good", b)] });
      await world.meets(["b"]);
    },
  },
];

/** Publishes a target with a cluster for one method and another for the other. */
async function start(world: World): Promise<void> {
  const { a, b } = world.backends;
  await world.publish(
    target("echo"),
    routesOf("echo", toCluster("bad", "/echo.Echo/Other"), toCluster("good")),
    edsCluster("good"),
    edsCluster("bad"),
    endpointsAt("good", a),
    endpointsAt("bad", b),
  );
  await world.meets(["a"]);
  await world.meets(["b"], { method: "other" });
  await world.settles();
}

/** Publishes something that the client rejects. @returns the one NACK, which the case has then expected */
async function reject(world: World, typeUrl: string, bad: Resource[], others: Resource[] = []) {
  await world.change({ update: [...bad, ...others] });
  await world.hears("a NACK", ({ nacks }) => assert.notDeepEqual(nacks, []));
  const [nack, ...more] = world.journal.nacks.splice(0);
  assert.deepEqual(more, []);
  assert.equal(nack!.typeUrl, typeUrl);
  assert.notEqual(nack!.message, "");
  assert.equal(nack!.version, world.journal.of("response", typeUrl).at(-1)!.version);
  return nack!;
}

/** How often a content was sent. */
function responses({ journal }: World, typeUrl: string, version: string | undefined): number {
  return journal.of("response", typeUrl).filter((each) => each.version === version).length;
}
