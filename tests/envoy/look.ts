import type { Envoy } from "../../examples/demo/envoy.ts";

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

interface StatsPage {
  readonly stats: readonly { readonly name?: string; readonly value?: number }[];
}
