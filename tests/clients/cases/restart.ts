import type { Case } from "../case.ts";
import { edsCluster, endpointsAt, routesOf, target, toCluster } from "../make.ts";
import type { World } from "../world.ts";

/** A server that is down for a while. */
export const RESTART: readonly Case[] = [
  {
    name: "S27 a restart of the server: calls continue, and a change of meanwhile is followed",
    everywhere: true,
    async run(world) {
      const { a, b, c } = world.backends;
      const configuration = (backend: World["backends"]["a"]) => [
        target("echo"),
        routesOf("echo", toCluster("echo")),
        edsCluster("echo"),
        endpointsAt("echo", backend),
      ];
      await world.publish(...configuration(a));
      await world.meets(["a"]);
      await world.stopServer();
      await world.meets(["a"]);
      await world.startServer(...configuration(b));
      await world.meets(["b"]);
      await world.change({ update: [endpointsAt("echo", c)] });
      await world.meets(["c"]);
    },
  },
];
