import assert from "node:assert/strict";
import type { HttpResponse } from "../../../examples/demo/get.ts";
import type { Resource } from "../../../mod.ts";
import { BACKENDS } from "../backends.ts";
import { type Case, onlyAds } from "../case.ts";
import { expectOk, type Load } from "../load.ts";
import { adminJson } from "../look.ts";
import { edsCluster, endpointAt, httpListener, routesOf, toCluster } from "../make.ts";
import type { World } from "../world.ts";

/** How many clusters are replaced by as many others at a time. */
const CLUSTERS = 3;

/** Clusters, their endpoints and the routes to them are replaced together while requests go through them. */
export const MAKE_BEFORE_BREAK: readonly Case[] = [
  {
    type: "all",
    name: "everything replaced under load, one after the other",
    modes: onlyAds,
    async run(world) {
      const load = await startReplacing(world);
      for (let i = 1; i <= world.amounts.replacements; i++) {
        world.publish(generation(world, i));
        await load.meets(`version ${i}`, (response) => versionOf(response) === i);
        await load.pass(5);
      }
      await onlyLastIsLeft(world);
    },
  },
  {
    type: "all",
    name: "everything replaced under load, without waiting",
    modes: onlyAds,
    run: replaceWithoutWaiting,
  },
  ...BACKENDS.map(({ name, backend }): Case => ({
    type: "all",
    name: `everything replaced under load, by ${name}`,
    modes: onlyAds,
    backend,
    run: replaceWithoutWaiting,
  })),
  {
    type: "all",
    name: "everything replaced, holdBackMs: 0, which must fail",
    modes: onlyAds,
    server: { holdBackMs: 0 },
    requestsFail: true,
    async run(world) {
      const load = await startReplacing(world);
      for (let i = 1; i <= world.amounts.replacements && load.failed === 0; i++) {
        world.publish(generation(world, i));
        await load.pass(3);
      }
      assert.notEqual(load.failed, 0, "no request failed, so that this load cannot show that order matters");
    },
  },
];

async function replaceWithoutWaiting(world: World): Promise<void> {
  const load = await startReplacing(world);
  const { replacements } = world.amounts;
  for (let i = 1; i <= replacements; i++) {
    world.publish(generation(world, i));
    await load.pass(3);
  }
  await load.meets("the last version", (response) => versionOf(response) === replacements);
  await onlyLastIsLeft(world);
}

async function startReplacing(world: World): Promise<Load> {
  world.publish(generation(world, 0));
  await world.startEnvoy();
  const urls = await Promise.all(names(0).map((_, k) => world.reach("the listener", () => world.url("http", `/${k}`))));
  await world.reach("the first version", async () => expectOk(await world.get("http", "/0")));
  return world.load({ urls, check: expectConsistent });
}

function generation({ mode, upstreams }: World, i: number): Resource[] {
  const clusters = names(i);
  return [
    ...clusters.map((name) => edsCluster(mode, name)),
    ...clusters.map((name) => endpointAt(name, upstreams[upstreamOf(i)].port)),
    httpListener(mode, "http"),
    routesOf("http", `${i}`, clusters.map((name, k) => toCluster(name, `/${k}`))),
  ];
}

function names(i: number): string[] {
  return Array.from({ length: CLUSTERS }, (_, k) => `c${k}-${i}`);
}

function upstreamOf(i: number): "a" | "b" {
  return i % 2 === 0 ? "a" : "b";
}

function versionOf({ headers }: HttpResponse): number {
  return Number(headers["x-config-version"]);
}

/** No response comes from the upstream of another version than that of its routes. */
function expectConsistent(response: HttpResponse): void {
  expectOk(response);
  const [version, upstream] = [versionOf(response), response.headers["x-upstream"]];
  if (upstream !== upstreamOf(version)) throw new Error(`a response of version ${version} from upstream ${upstream}`);
}

/** What is not used any more does not stay for ever. */
async function onlyLastIsLeft(world: World): Promise<void> {
  const wanted = names(world.amounts.replacements);
  await world.reach("all other clusters to be gone", async () => {
    const path = "/config_dump?resource=dynamic_active_clusters";
    const dump = await adminJson<{ configs: { cluster: { name: string } }[] }>(world.envoy, path);
    assert.deepEqual(dump.configs.map(({ cluster }) => cluster.name).toSorted(), wanted);
  });
}
