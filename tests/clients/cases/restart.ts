import type { Case } from "../case.ts";
import { edsCluster, endpointsAt, routesOf, target, toCluster } from "../make.ts";
import type { World } from "../world.ts";

/** A server that is down for a while, or ends connections. */
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
  {
    name: "connections end at their age: the client connects again, calls continue, and no change is lost",
    everywhere: true,
    maxConnectionAgeMs: 600,
    async run(world) {
      const { a, b } = world.backends;
      await world.publish(
        target("echo"),
        routesOf("echo", toCluster("echo")),
        edsCluster("echo"),
        endpointsAt("echo", a),
      );
      await world.meets(["a"]);
      for (let i = 1; i <= 4; i++) {
        const [name, backend] = i % 2 === 0 ? ["a", a] as const : ["b", b] as const;
        await world.hears(`the end of ${i} streams`, (journal) => {
          const ended = journal.of("close").filter(({ message }) => message?.includes("has become too old"));
          if (ended.length < i) throw new Error(`${ended.length} have ended`);
        });
        await world.change({ update: [endpointsAt("echo", backend)] });
        await world.meets([name]);
      }
    },
  },
];
