import assert from "node:assert/strict";
import type { Case } from "../case.ts";
import { echoResources, FIRST, lookAt, moveTo, reached, startWith, type State } from "../echo-config.ts";

const NEXT: State = { serverName: "next", version: "next", connectTimeoutSeconds: 2, upstream: "b" };

/** A listener, its routes, a cluster and its endpoints together. */
export const ALL_TYPES: readonly Case[] = [
  {
    type: "all",
    name: "each resource is sent once, and then what changes",
    async run(world) {
      await startWith(world, FIRST);
      await world.envoy.ready();
      await moveTo(world, { ...FIRST, version: "next" });
      const sent = world.server.journal.sent.map(({ names }) => names.join());
      assert.deepEqual(sent.toSorted(), ["echo", "echo", "http", "routes", "routes"]);
    },
  },
  {
    type: "all",
    name: "ten changes of everything, under load",
    async run(world) {
      await startWith(world, FIRST);
      const load = world.load({ urls: [await world.url("http")] });
      for (let i = 1; i <= 10; i++) {
        const upstream = i % 2 === 0 ? "a" : "b";
        await moveTo(world, { serverName: `s${i}`, version: `v${i}`, connectTimeoutSeconds: 1 + i, upstream });
        await load.pass(5);
      }
    },
  },
  {
    type: "all",
    name: "a restart of Envoy",
    async run(world) {
      await startWith(world, FIRST);
      await world.restartEnvoy();
      await reached(world, FIRST);
      await moveTo(world, NEXT);
    },
  },
  {
    type: "all",
    name: "a restart of the server, under load",
    async run(world) {
      await startWith(world, FIRST);
      const load = world.load({ urls: [await world.url("http")] });
      await world.stopServer();
      await load.pass(20);
      const { status, serverName, version, upstream } = await lookAt(world);
      assert.deepEqual({ status, serverName, version, upstream }, {
        status: 200,
        serverName: FIRST.serverName,
        version: FIRST.version,
        upstream: FIRST.upstream,
      });
      await world.replaceServer(echoResources(world, NEXT));
      await reached(world, NEXT);
      await load.pass(20);
    },
  },
  {
    type: "all",
    name: "what changed while the server was away",
    async run(world) {
      await startWith(world, FIRST);
      const next = { ...FIRST, version: "next" };
      await world.replaceServer(echoResources(world, next));
      await reached(world, next);
      // SotW has no way to know what the client has.
      if (world.mode.variant === "delta") {
        assert.deepEqual(world.server.journal.sent.flatMap(({ names }) => names), ["routes"]);
      }
    },
  },
];
