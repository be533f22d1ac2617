import type { Snapshot } from "../../cache/mod.ts";
import type { ClientLayers } from "../../files/mod.ts";
import type { SnapshotStore } from "../../store/mod.ts";
import { isWithheld } from "./contents.ts";
import { type Difference, differenceOf } from "./difference.ts";
import { layerKey, layersOf, nearestLayers } from "./layer-keys.ts";
import { readStored } from "./stored-keys.ts";

/** What is to become of a key of the store. */
export interface PlannedKey {
  readonly key: string;
  /** The revision that this was decided at; 0 for none. */
  readonly revision: number;
  /** What it will have; undefined for a layer that the files no longer have. */
  readonly after: Snapshot | undefined;
  /** Whether that is what its clients have had, since its layers are wrong together; or nothing, if they had nothing. */
  readonly isWithheld: boolean;
  /** What changes for its clients, which may have been, or will be, those of another key. */
  readonly difference: Difference;
}

/**
 * Compares what is to be published with what a store has, and decides what is written.
 *
 * Keys are in the order in which they are to be written: a client with both layers of a node and of a cluster changes to
 * the key of both, or from it, without a key between that has only one of them.
 */
export async function planOf(
  snapshots: ReadonlyMap<string, Snapshot>,
  store: SnapshotStore,
  key: string,
): Promise<PlannedKey[]> {
  const stored = await readStored(store, (each) => each === key || layersOf(key, each) !== undefined);
  const had = [...stored].filter(([, { snapshot }]) => snapshot !== undefined).map(([each]) => each);
  const plan = [...new Set([...snapshots.keys(), ...had])].map((each) => {
    const layers = layersOf(key, each) ?? {};
    const before = nearest(layers, (its) => stored.get(layerKey(key, its))?.snapshot);
    const own = snapshots.get(each);
    const keeps = isWithheld(own);
    const after = keeps ? before ?? own : nearest(layers, (its) => snapshots.get(layerKey(key, its)));
    return {
      key: each,
      revision: stored.get(each)?.revision ?? 0,
      after: keeps ? after : own,
      isWithheld: keeps,
      difference: differenceOf(before, after),
      depth: Object.keys(layers).length,
    };
  });
  const written = plan.filter((each) => each.after !== undefined).sort((a, b) => b.depth - a.depth);
  const cleared = plan.filter((each) => each.after === undefined).sort((a, b) => a.depth - b.depth);
  return [...written, ...cleared];
}

function nearest(layers: ClientLayers, find: (layers: ClientLayers) => Snapshot | undefined): Snapshot | undefined {
  for (const each of nearestLayers(layers)) {
    const found = find(each);
    if (found !== undefined) return found;
  }
  return undefined;
}
