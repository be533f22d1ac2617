import assert from "node:assert/strict";
import {
  clusterEndpoints,
  edsCluster,
  grpcTarget,
  HealthStatus,
  httpListener,
  routeConfig,
} from "../../../src/v3/mod.ts";
import type { Backend } from "../backend.ts";
import { freePort } from "../../free-port.ts";
import { SERVER_LISTENER } from "../bootstrap.ts";
import { type Case, isServer, speaksV3 } from "../case.ts";

/** Targets that are configured by nothing but makers of the common thing. */
export const MAKERS: readonly Case[] = [
  {
    name: "makers: a target with routes by method, over RDS and inside, to clusters by weight",
    clients: speaksV3,
    async run(world) {
      const { a, b } = world.backends;
      await world.publish(
        grpcTarget("echo", { routes: "routes" }),
        routeConfig("routes", { "/": "one", "/echo.Echo/Other": { cluster: "two", timeout: "30s" } }),
        grpcTarget("more", {
          routes: [{ path: "/echo.Echo/Other", cluster: "two" }, { clusters: { one: 1, two: 1 } }],
        }),
        ...edsCluster("one", [at(a)]),
        ...edsCluster("two", [at(b)], { serviceName: "hosts of two" }),
      );
      await world.meets(["a"]);
      await world.meets(["b"], { method: "other" });
      await world.meets(["b"], { method: "other", target: "xds:///more" });
      await world.meets(["a", "b"], { target: "xds:///more", count: 40 });
      await world.change({ update: [clusterEndpoints("one", [at(b)])] });
      await world.meets(["b"]);
    },
  },
  {
    name: "makers: hosts in localities by weight, those that drain, and priorities with a gap between them",
    clients: speaksV3,
    async run(world) {
      const { a, b, c } = world.backends;
      const [target, cluster] = [grpcTarget("echo", { routes: { "/": "echo" } }), edsCluster("echo", [])];
      await world.publish(target, ...cluster);
      await world.change({
        update: [clusterEndpoints("echo", [
          host(a, { locality: "here/1", weight: 3 }),
          host(b, { locality: "here/2" }),
          // Elsewhere: of a locality in two priorities grpc-java knows the second one only.
          host(c, { locality: "there/1", priority: 3 }),
        ])],
      });
      await world.meets(["a", "b"], { count: 40 });
      const { responses } = await world.call({ count: 400 });
      // More than four standard deviations to each side.
      assert.ok(responses["b"]! > 60 && responses["b"]! < 140, `b was to get a quarter: ${JSON.stringify(responses)}`);
      await world.change({
        update: [clusterEndpoints("echo", [
          host(a, { health: HealthStatus.DRAINING }),
          host(b, { health: HealthStatus.HEALTHY }),
          host(c, { locality: "there/1", priority: 1 }),
        ])],
      });
      await world.meets(["b"]);
      await world.change({ update: [clusterEndpoints("echo", [host(c, { priority: 5 })])] });
      await world.meets(["c"]);
    },
  },
  {
    name: "makers: a server with a listener whose routes serve one method",
    clients: (client) => isServer(client) && speaksV3(client),
    callsFail: true,
    async run(world) {
      const port = await freePort();
      await world.publish();
      const server = world.start();
      await world.send({ do: "serve", name: "served", port }, server);
      const direct = { target: `dns:///127.0.0.1:${port}`, by: world.start() };
      const name = await world.hears("a request of the listener", ({ subscribed }) => {
        return assert.equal(subscribed.length, 1), subscribed[0]!.slice("Listener ".length);
      });
      const address = name.slice(SERVER_LISTENER.length, name.lastIndexOf(":"));
      const serves = { path: "/echo.Echo/Say", action: { case: "nonForwardingAction", value: {} } } as const;
      await world.change({ update: [httpListener(name, { address, port, routes: [serves] })] });
      await world.meets(["served"], direct);
      await world.fails({ ...direct, method: "other" });
    },
  },
];

function at({ port }: Backend): string {
  return `127.0.0.1:${port}`;
}

function host<T extends object>({ port }: Backend, more: T): { address: string; port: number } & T {
  return { address: "127.0.0.1", port, ...more };
}
