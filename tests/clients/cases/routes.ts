import assert from "node:assert/strict";
import type { Case } from "../case.ts";
import { edsCluster, endpointsAt, routesOf, target, targetWithRoutes, toCluster } from "../make.ts";

/** Routes, and what they lead to. */
export const ROUTES: readonly Case[] = [
  {
    name: "a route is changed, to several clusters by weight, and to another cluster",
    async run(world) {
      const { a, b } = world.backends;
      const clusters = [edsCluster("one"), edsCluster("two"), endpointsAt("one", a), endpointsAt("two", b)];
      await world.publish(target("echo"), routesOf("echo", toCluster("one")), ...clusters);
      await world.meets(["a"]);
      await world.change({ update: [routesOf("echo", toCluster({ one: 3, two: 1 }))] });
      await world.meets(["a", "b"], { count: 40 });
      const { responses } = await world.call({ count: 400 });
      // More than four standard deviations to each side.
      assert.ok(
        responses["b"]! > 60 && responses["b"]! < 140,
        `a quarter of the calls was to go to b: ${JSON.stringify(responses)}`,
      );
      await world.change({ update: [routesOf("echo", toCluster("two"))] });
      await world.meets(["b"]);
    },
  },
  {
    name: "routes by method, inside of the listener, are changed",
    async run(world) {
      const { a, b } = world.backends;
      const clusters = [edsCluster("one"), edsCluster("two"), endpointsAt("one", a), endpointsAt("two", b)];
      await world.publish(
        targetWithRoutes("echo", toCluster("two", "/echo.Echo/Other"), toCluster("one")),
        ...clusters,
      );
      await world.meets(["a"]);
      await world.meets(["b"], { method: "other" });
      await world.change({
        update: [targetWithRoutes("echo", toCluster("one", "/echo.Echo/Other"), toCluster("two"))],
      });
      await world.meets(["b"]);
      await world.meets(["a"], { method: "other" });
    },
  },
  {
    name: "O1 O2 O3 all that a target leads to is replaced, again and again, without a lost call",
    async run(world) {
      const { a, b, c } = world.backends;
      const generation = (i: number) => {
        const name = `generation-${i}`;
        const backend = [a, b, c][i % 3]!;
        return [target("echo", name), routesOf(name, toCluster(name)), edsCluster(name), endpointsAt(name, backend)];
      };
      await world.publish(...generation(0));
      await world.meets(["a"]);
      for (let i = 1; i <= 20; i++) {
        await world.publish(...generation(i));
        await world.meets([["a", "b", "c"][i % 3]!]);
      }
    },
  },
];
