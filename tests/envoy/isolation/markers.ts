import { adminJson } from "../look.ts";
import type { World } from "../world.ts";

/**
 * Reads from Envoy's dump of its configuration.
 *
 * @param resource - the field of the dump
 * @param read - the name and the marker of an entry; undefined: it is none of the resources in question
 */
export async function markersOf<T>(
  { envoy }: World,
  resource: string,
  read: (entry: T) => readonly [name: string, marker: string] | undefined,
): Promise<Map<string, string>> {
  const path = `/config_dump?resource=${resource}${resource.includes("endpoint") ? "&include_eds" : ""}`;
  const { configs = [] } = await adminJson<{ readonly configs?: readonly T[] }>(envoy, path);
  return new Map(configs.map(read).filter((each) => each !== undefined));
}
