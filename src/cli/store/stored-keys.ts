import { inParallel } from "../../store/in-parallel.ts";
import { decodeManifest, MANIFESTS } from "../../store/manifest.ts";
import type { SnapshotStore, StoredRevision } from "../../store/mod.ts";

/** Reads the snapshots of a store whose keys are wanted; one that was cleared has none, and its revision. */
export async function readStored(
  store: SnapshotStore,
  isWanted: (key: string) => boolean,
): Promise<Map<string, StoredRevision>> {
  const manifests: string[] = [];
  for await (const { key } of store.engine.list(MANIFESTS)) manifests.push(key);
  // The keys are those in the manifests, whose own keys are hashes.
  const keys = await inParallel(manifests, async (manifest) => {
    const entry = await store.engine.get(manifest);
    return entry && decodeManifest(entry.value).key;
  });
  const wanted = keys.filter((key) => key !== undefined && isWanted(key)) as string[];
  const found = await inParallel(wanted, (key) => store.get(key));
  return new Map(wanted.map((key, i) => [key, found[i]!]));
}
