import type { Resource } from "../resource/mod.ts";
import { checkResource } from "./check-change.ts";
import { Snapshot, type SnapshotChange } from "./snapshot.ts";

/** What can be published: a snapshot, or its resources in any order. */
export type SnapshotContent = Snapshot | Iterable<Resource>;

/**
 * The snapshot of what is published.
 *
 * @throws TypeError for anything else, such as a single resource or a list within the list
 */
export function snapshotFrom(content: SnapshotContent): Snapshot {
  // By a method rather than the class, which is another one in another copy of the package.
  if (typeof (content as Partial<Snapshot> | null | undefined)?.set === "function") return content as Snapshot;
  if (typeof content !== "object" || content === null || !(Symbol.iterator in content)) {
    throw new TypeError("Cannot publish this: give a Snapshot, or a list of resources");
  }
  const resources = [...content];
  for (const each of resources) checkResource(each);
  return new Snapshot({ resources });
}

/**
 * A changed copy of the snapshot that a key has.
 *
 * @throws Error if it has none. An empty one in its place would take all else from clients that are connected already,
 * such as after a restart of the server.
 */
export function changedSnapshot(key: string, before: Snapshot | undefined, change: SnapshotChange): Snapshot {
  if (before !== undefined) return before.with(change);
  throw new Error(`Cannot update the snapshot of "${key}": it has none; publish all of it with setSnapshot first`);
}
