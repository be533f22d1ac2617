import { Snapshot } from "../cache/snapshot.ts";
import type { Resource } from "../resource/mod.ts";

/** Resources as a list, in the order of their types if they are those of a snapshot. */
export function listOf(resources: Iterable<Resource> | Snapshot): Resource[] {
  if (!(resources instanceof Snapshot)) return [...resources];
  return resources.types.flatMap((typeUrl) => [...resources.resources(typeUrl).values()]);
}
