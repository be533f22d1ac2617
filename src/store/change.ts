import { encodeAll, type Snapshot, type SnapshotSet } from "../cache/mod.ts";
import type { Resource } from "../resource/mod.ts";

/** What changes of a type. */
export interface Change {
  readonly update: readonly Resource[];
  readonly remove: readonly string[];
}

/**
 * What changes of a type, in O(that) where the snapshot was made by changing the one before.
 *
 * @throws TypeError for a resource that cannot be encoded
 */
export function changeOf(
  typeUrl: string,
  { before, after }: { readonly before: Snapshot | undefined; readonly after: Snapshot },
): Change {
  const set = after.set(typeUrl);
  const old = before?.set(typeUrl);
  if (old?.id === set.id) return NO_CHANGE;
  const { update, remove } = old === undefined ? allOf(set) : differenceOf(set, old);
  encodeAll(update);
  return {
    update: update.filter(({ name, version }) => old?.resources.get(name)?.version !== version),
    remove: remove.filter((name) => old!.resources.has(name)),
  };
}

/** Whether clients would see no difference. */
export function isSame(before: Snapshot, after: Snapshot, changes: Iterable<Change>): boolean {
  for (const { update, remove } of changes) if (update.length + remove.length > 0) return false;
  const types = new Set(before.types);
  return after.types.length === types.size && after.set("").version === before.set("").version &&
    after.types.every((typeUrl) => types.has(typeUrl) && after.set(typeUrl).version === before.set(typeUrl).version);
}

const NO_CHANGE: Change = { update: [], remove: [] };

function allOf({ resources }: SnapshotSet): Change {
  return { update: [...resources.values()], remove: [] };
}

function differenceOf({ resources, base }: SnapshotSet, old: SnapshotSet): Change {
  if (base?.id === old.id) return base;
  return {
    update: [...resources.values()],
    remove: [...old.resources.keys()].filter((name) => !resources.has(name)),
  };
}
