import assert from "node:assert/strict";
import { SERVER_LISTENER } from "../bootstrap.ts";
import { type Case, isServer } from "../case.ts";
import {
  edsCluster,
  endpointsAt,
  routesOf,
  serve,
  serverListener,
  serverListenerOverRds,
  target,
  toCluster,
} from "../make.ts";
import { freePort } from "../../free-port.ts";
import type { World } from "../world.ts";

/** Servers of gRPC that are configured over xDS. */
export const SERVERS: readonly Case[] = [
  {
    name: "S31 a server serves while it has a listener, and what its routes say",
    clients: isServer,
    callsFail: true,
    async run(world) {
      const port = await freePort();
      await world.publish();
      const server = world.start();
      await world.send({ do: "serve", name: "served", port }, server);
      const client = world.start();
      const direct = { target: `dns:///127.0.0.1:${port}`, by: client };
      const address = await addressOf(world);
      assert.match(await world.fails(direct), /^(UNAVAILABLE|Unavailable)/);

      // It is called by its address first, and then by a client that is configured, too.
      await world.change({ update: [serverListener(address, "/echo.Echo/Say")] });
      await world.meets(["served"], direct);
      await world.fails({ ...direct, method: "other" });
      await world.change({
        update: [
          target("echo"),
          routesOf("echo", toCluster("echo")),
          edsCluster("echo"),
          endpointsAt("echo", { port }),
        ],
      });
      await world.meets(["served"], { by: client });
      await modesAre(world, server, ["serving"]);

      // Another listener, with its routes elsewhere; which then change.
      await world.change({
        update: [serverListenerOverRds(address, "of-server"), routesOf("of-server", serve("/echo.Echo/Other"))],
      });
      await world.meets(["served"], { ...direct, method: "other" });
      await world.fails(direct);
      await world.change({ update: [routesOf("of-server", serve("/echo.Echo/"))] });
      await world.meets(["served"], direct);
      await world.meets(["served"], { ...direct, method: "other" });

      await world.change({ remove: [serverListener(address, "")] });
      await world.fails(direct);
      await modesAre(world, server, ["serving", "not serving"]);
      await world.change({ update: [serverListener(address, "/echo.Echo/Say")] });
      await world.meets(["served"], direct);
      await modesAre(world, server, ["serving", "not serving", "serving"]);
    },
  },
];

async function modesAre(world: World, server: ReturnType<World["start"]>, modes: readonly string[]): Promise<void> {
  if (!world.client.server.reportsModes) return;
  await world.reach(
    "the serving modes",
    async () => assert.deepEqual(await world.send({ do: "modes" }, server), modes),
  );
}

/** Where the server believes that it is, as it is in the name of the listener that it asks for. */
function addressOf(world: World): Promise<string> {
  return world.hears("a request of the listener", ({ subscribed }) => {
    const [name, ...others] = subscribed;
    assert.deepEqual(others, []);
    return name!.slice(`Listener ${SERVER_LISTENER}`.length);
  });
}
