import assert from "node:assert/strict";
import type { Resource } from "../../../mod.ts";
import type { Case } from "../case.ts";
import { edsCluster, endpointAt, httpListener, routesOf, scope, scopedListener, toCluster } from "../make.ts";
import type { World } from "../world.ts";

/** Routes, by RDS and by scopes. */
export const ROUTES: readonly Case[] = [
  {
    type: "RDS",
    name: "routes move between clusters under load, in one of two listeners",
    async run(world) {
      world.publish([
        ...twoClusters(world),
        httpListener(world.mode, "moves"),
        httpListener(world.mode, "stays"),
        routesOf("moves", "0", [toCluster("a")]),
        routesOf("stays", "0", [toCluster("a")]),
      ]);
      await world.startEnvoy();
      await world.reach(
        "the first routes",
        () => Promise.all([meets(world, "moves", "a"), meets(world, "stays", "a")]),
      );
      const load = world.load({ urls: [await world.url("moves"), await world.url("stays")] });
      for (let i = 1; i <= 10; i++) {
        const cluster = i % 2 === 0 ? "a" : "b";
        world.change({ update: [routesOf("moves", `${i}`, [toCluster(cluster)])] });
        await world.reach(`routes ${i}`, () => meets(world, "moves", cluster, `${i}`));
        await meets(world, "stays", "a", "0");
        await load.pass(5);
      }
    },
  },
  {
    type: "SRDS",
    name: "scopes are added, changed and removed, under load",
    async run(world) {
      world.publish([
        ...twoClusters(world),
        scopedListener(world.mode, "http"),
        scope("stays", "stays", "to-a"),
        scope("changes", "changes", "to-a"),
        scope("goes", "goes", "to-b"),
        routesOf("to-a", "a", [toCluster("a")]),
        routesOf("to-b", "b", [toCluster("b")]),
      ]);
      const expectScopes = (scopes: Record<string, string | undefined>) =>
        world.reach(`scopes ${JSON.stringify(scopes)}`, async () => {
          for (const [header, upstream] of Object.entries(scopes)) {
            const { status, headers } = await world.get("http", "/", { headers: { "x-scope": header } });
            assert.equal(status, upstream === undefined ? 404 : 200, header);
            assert.equal(headers["x-upstream"], upstream, header);
          }
        });
      await world.startEnvoy();
      await expectScopes({ stays: "a", changes: "a", goes: "b", comes: undefined });
      const load = world.load({ urls: [await world.url("http")], headers: { "x-scope": "stays" } });

      world.change({ update: [scope("comes", "comes", "to-b")] });
      await expectScopes({ stays: "a", changes: "a", goes: "b", comes: "b" });
      world.change({ update: [scope("changes", "changes", "to-b")] });
      await expectScopes({ stays: "a", changes: "b", goes: "b", comes: "b" });
      world.change({ remove: [scope("goes", "goes", "to-b")] });
      await expectScopes({ stays: "a", changes: "b", goes: undefined, comes: "b" });
      // Both ways of leading elsewhere: the routes that a scope chooses, and what they are.
      world.change({ update: [routesOf("to-b", "b", [toCluster("a")])] });
      await expectScopes({ stays: "a", changes: "a", goes: undefined, comes: "a" });
      await load.pass(5);
    },
  },
];

function twoClusters({ mode, upstreams }: World): Resource[] {
  return (["a", "b"] as const).flatMap((name) => [edsCluster(mode, name), endpointAt(name, upstreams[name].port)]);
}

async function meets(world: World, listener: string, upstream: string, version?: string): Promise<void> {
  const { status, headers } = await world.get(listener);
  assert.deepEqual({ status, upstream: headers["x-upstream"] }, { status: 200, upstream });
  if (version !== undefined) assert.equal(headers["x-config-version"], version);
}
