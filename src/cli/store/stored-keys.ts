import type { Engine, SnapshotStore, StoredRevision } from "../../store/mod.ts";
import { decodeManifest, MANIFESTS } from "../../store/manifest.ts";

/** Reads the snapshots of a store whose keys are wanted; one that was cleared has none, and its revision. */
export async function readStored(
  store: SnapshotStore,
  isWanted: (key: string) => boolean,
): Promise<Map<string, StoredRevision>> {
  const found = new Map<string, StoredRevision>();
  for await (const key of keysOf(store.engine)) {
    if (isWanted(key)) found.set(key, await store.get(key));
  }
  return found;
}

/** The keys are those in the manifests, whose own keys are hashes. */
async function* keysOf(engine: Engine): AsyncIterable<string> {
  const manifests: string[] = [];
  for await (const { key } of engine.list(MANIFESTS)) manifests.push(key);
  for (let i = 0; i < manifests.length; i += AT_A_TIME) {
    for (const entry of await Promise.all(manifests.slice(i, i + AT_A_TIME).map((key) => engine.get(key)))) {
      if (entry !== undefined) yield decodeManifest(entry.value).key;
    }
  }
}

const AT_A_TIME = 32;
