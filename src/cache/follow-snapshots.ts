import { rawResource } from "../resource/mod.ts";
import { type Snapshot, snapshotOfSets } from "./snapshot.ts";
import type { SnapshotCache } from "./snapshot-cache.ts";
import { changedSet, emptySet, type SnapshotSet } from "./snapshot-set.ts";
import type { FedResource, FedType, FeedMessage } from "./snapshot-feed.ts";

/**
 * Keeps a cache equal to a feed of another thread or process.
 *
 * @param cache - must not be set by others
 * @returns applies one message of the feed; to be called with each of them once and in order
 */
export function followSnapshots(cache: SnapshotCache): (message: FeedMessage) => void {
  return ({ key, version, types, removedTypes }) => {
    if (types === undefined) return cache.clearSnapshot(key);
    const before = cache.getSnapshot(key);
    const sets = new Map(before?.types.map((typeUrl) => [typeUrl, before.set(typeUrl)]));
    for (const typeUrl of removedTypes) sets.delete(typeUrl);
    for (const type of types) sets.set(type.typeUrl, changed(before, type));
    cache.setSnapshot(key, snapshotOfSets(sets, version));
  };
}

function changed(before: Snapshot | undefined, { typeUrl, version, update, remove }: FedType): SnapshotSet {
  const set = changedSet(before?.set(typeUrl) ?? emptySet(), typeUrl, {
    version,
    update: update.map((each) => deserialize(typeUrl, each)),
    remove,
  });
  return { ...set, version };
}

function deserialize(typeUrl: string, { name, bytes, version, ttlMs, aliases }: FedResource) {
  return rawResource(typeUrl, name, bytes, { version, aliases, ...ttlMs !== undefined && { ttlMs } });
}
