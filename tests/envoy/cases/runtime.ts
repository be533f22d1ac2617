import assert from "node:assert/strict";
import type { Resource } from "../../../mod.ts";
import { runtime } from "../../../src/v3/mod.ts";
import type { Case } from "../case.ts";
import { adminJson } from "../look.ts";
import { edsCluster, endpointAt, httpListener, routesOf, toCluster } from "../make.ts";
import { bootstrapSourceOf } from "../modes.ts";
import type { World } from "../world.ts";

const KEY = "interop.to_b";

/** Runtime layers, by RTDS. */
export const RUNTIME: readonly Case[] = [{
  type: "RTDS",
  name: "a layer over another, seen in /runtime and in where requests go",
  bootstrap: (usual, mode) => ({
    ...usual,
    layered_runtime: {
      layers: ["below", "above"].map((name) => ({
        name,
        rtds_layer: { name, rtds_config: bootstrapSourceOf(mode) },
      })),
    },
  }),
  async run(world) {
    const { mode, upstreams } = world;
    world.publish([
      ...(["a", "b"] as const).flatMap((name) => [edsCluster(mode, name), endpointAt(name, upstreams[name].port)]),
      httpListener(mode, "http"),
      routesOf("http", "1", [whenRuntimeSays("b"), toCluster("a")]),
      layer("below", { [KEY]: 0 }),
      layer("above", {}),
    ]);
    await world.startEnvoy();
    await world.envoy.ready();
    await shows(world, { below: "0", above: "", final: "0" }, "a");
    const load = world.load({ urls: [await world.url("http")] });
    world.change({ update: [layer("above", { [KEY]: 100 })] });
    await shows(world, { below: "0", above: "100", final: "100" }, "b");
    await load.pass(5);
    world.change({ update: [layer("below", { [KEY]: 1 }), layer("above", {})] });
    await shows(world, { below: "1", above: "", final: "1" });
    world.change({ update: [layer("below", { [KEY]: 100 })] });
    await shows(world, { below: "100", above: "", final: "100" }, "b");
    await load.pass(5);
  },
}];

/** What Envoy says of {@link KEY}. */
interface Shown {
  readonly below: string;
  readonly above: string;
  readonly final: string;
}

/** A layer of the runtime that holds percentages. */
export function layer(name: string, values: Readonly<Record<string, number>>, ttlMs?: number): Resource {
  return runtime({ name, layer: values }, ttlMs === undefined ? {} : { ttlMs });
}

/** A route to a cluster for as many percent of the requests as the runtime says, and for none without it. */
export function whenRuntimeSays(cluster: string, key = KEY): ReturnType<typeof toCluster> {
  const route = toCluster(cluster);
  return {
    ...route,
    match: { ...route.match, runtimeFraction: { defaultValue: {}, runtimeKey: key } },
  } as typeof route;
}

function shows(world: World, shown: Shown, upstream?: string): Promise<void> {
  return world.reach(`${JSON.stringify(shown)} and upstream ${upstream}`, async () => {
    const { layers, entries } = await adminJson<RuntimePage>(world.envoy, "/runtime");
    const entry = entries[KEY];
    const value = (name: string) => entry?.layer_values[layers.indexOf(name)];
    assert.deepEqual({ below: value("below"), above: value("above"), final: entry?.final_value }, shown);
    if (upstream !== undefined) assert.equal((await world.get("http")).headers["x-upstream"], upstream);
  });
}

interface RuntimePage {
  readonly layers: readonly string[];
  readonly entries: Readonly<
    Record<string, { readonly final_value: string; readonly layer_values: readonly string[] }>
  >;
}
