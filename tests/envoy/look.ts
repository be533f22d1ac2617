import assert from "node:assert/strict";
import type { Envoy } from "../../examples/demo/envoy.ts";
import type { World } from "./world.ts";

/** Reads a page of the admin interface that is JSON. */
export async function adminJson<T>(envoy: Envoy, path: string): Promise<T> {
  return JSON.parse(await envoy.admin(path)) as T;
}

/** The value of a counter or gauge of Envoy. */
export async function statOf(envoy: Envoy, name: string): Promise<number> {
  const { stats } = await adminJson<StatsPage>(envoy, `/stats?format=json&filter=${encodeURIComponent(name)}`);
  const value = stats.find((stat) => stat.name === name)?.value;
  if (value === undefined) throw new Error(`Envoy has no stat ${name}, only ${stats.map((stat) => stat.name)}`);
  return value;
}

/**
 * Waits until Envoy has rejected something, by its own log: a poll has no way to report it to the server.
 *
 * @param reason - what Envoy says of it
 */
export function rejectedAPoll(world: World, reason: RegExp): Promise<void> {
  return world.reach("a rejection in Envoy's log", async () => {
    // It may have several lines.
    const [, ...rejections] = (await world.envoy.log()).split(/REST config for \S+ rejected/);
    assert.match(rejections.join(), reason);
  });
}

interface StatsPage {
  readonly stats: readonly { readonly name?: string; readonly value?: number }[];
}
