import type { Resource, ResourceKey } from "../resource/mod.ts";
import type { Snapshot } from "./snapshot.ts";

/** The difference between two snapshots. */
export interface SnapshotDifference {
  readonly update: readonly Resource[];
  readonly remove: readonly ResourceKey[];
}

/** The difference of a snapshot to the one before it; of a changed copy only the changes are visited. */
export function snapshotDifference(before: Snapshot, after: Snapshot): SnapshotDifference {
  const update: Resource[] = [];
  const remove: ResourceKey[] = [];
  for (const typeUrl of new Set([...before.types, ...after.types])) {
    const old = before.set(typeUrl);
    const { id, base, resources } = after.set(typeUrl);
    if (old.id === id) continue;
    if (base !== undefined && base.id === old.id) {
      update.push(...base.update);
      remove.push(...base.remove.map((name) => ({ typeUrl, name })));
      continue;
    }
    for (const resource of resources.values()) if (old.resources.get(resource.name) !== resource) update.push(resource);
    for (const name of old.resources.keys()) if (!resources.has(name)) remove.push({ typeUrl, name });
  }
  return { update, remove };
}
