import assert from "node:assert/strict";
import type { Resource } from "../../../mod.ts";
import { type Case, heedsNone, noticesReturn, speaksV3 } from "../case.ts";
import { edsCluster, endpointsAt, noEndpoints, routesOf, target, toCluster } from "../make.ts";
import type { World } from "../world.ts";

/** What is deleted, and comes back. */
export const DELETIONS: readonly Case[] = [
  {
    name: "S20 S21 S28 a listener that is deleted, and comes back as another",
    callsFail: true,
    async run(world) {
      const other = routesOf("other", toCluster("echo"));
      await deleteAndRestore(world, target("echo"), [target("echo", "other"), other]);
    },
  },
  {
    name: "S20 S21 a cluster that is deleted, and comes back as another",
    clients: speaksV3,
    callsFail: true,
    async run(world) {
      const other = endpointsAt("other", world.backends.a);
      await deleteAndRestore(world, edsCluster("echo"), [edsCluster("echo", "other"), other]);
    },
  },
  {
    name: "S20 S21 S28 a listener that is deleted, and comes back as it was",
    clients: noticesReturn,
    callsFail: true,
    run: (world) => deleteAndRestore(world, target("echo"), [target("echo")]),
  },
  {
    name: "S20 S21 a cluster that is deleted, and comes back as it was",
    clients: (client) => speaksV3(client) && noticesReturn(client),
    callsFail: true,
    run: (world) => deleteAndRestore(world, edsCluster("echo"), [edsCluster("echo")]),
  },
  {
    name: "S23 endpoints that are deleted stay with the client, and are followed once they are back",
    async run(world) {
      const endpoints = endpointsAt("echo", world.backends.a);
      await world.publish(target("echo"), ...behind(world));
      await world.meets(["a"]);
      await world.change({ remove: [endpoints] });
      // By then the client has everything that was to be said of the deletion.
      await world.change({ update: [routesOf("echo", toCluster("echo", "/"))] });
      await world.settles();
      await world.meets(["a"]);
      await world.change({ update: [endpointsAt("echo", world.backends.b)] });
      await world.meets(["b"]);
    },
  },
  {
    name: "endpoints that become none, and some again",
    clients: heedsNone,
    callsFail: true,
    async run(world) {
      await world.publish(target("echo"), ...behind(world));
      await world.meets(["a"]);
      await world.change({ update: [noEndpoints("echo")] });
      await world.fails();
      await world.change({ update: [endpointsAt("echo", world.backends.b)] });
      await world.meets(["b"]);
    },
  },
];

/** Calls fail without the resource, and work again with what replaces it. */
async function deleteAndRestore(world: World, deleted: Resource, restored: Resource[]): Promise<void> {
  await world.publish(target("echo"), ...behind(world));
  await world.meets(["a"]);
  await world.change({ remove: [deleted] });
  assert.match(await world.fails(), /^(UNAVAILABLE|Unavailable)/);
  await world.change({ update: restored });
  await world.meets(["a"]);
}

function behind({ backends }: World): Resource[] {
  return [routesOf("echo", toCluster("echo")), edsCluster("echo"), endpointsAt("echo", backends.a)];
}
