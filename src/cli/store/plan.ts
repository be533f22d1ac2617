import type { Snapshot } from "../../cache/mod.ts";
import type { ClientLayers } from "../../files/mod.ts";
import type { LayeredFiles } from "../../node/files/layered-files.ts";
import type { SnapshotStore } from "../../store/mod.ts";
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
  /** What changes for its clients, which may have been, or will be, those of another key. */
  readonly difference: Difference;
}

/** The layers of which some client may have exactly these: each by itself, and those of a node with those of a cluster. */
export function layersIn(files: LayeredFiles): ClientLayers[] {
  const single = files.layers();
  const [nodes, clusters] = [single.filter(({ node }) => node), single.filter(({ cluster }) => cluster)];
  const pairs = nodes.flatMap(({ node }) => clusters.map(({ cluster }) => ({ node, cluster })));
  return [...single, ...pairs];
}

/**
 * Compares files with what a store has, and decides what is written.
 *
 * Keys are in the order in which they are to be written: a client with both layers of a node and of a cluster changes to
 * the key of both, or from it, without a key between that has only one of them.
 */
export async function planOf(files: LayeredFiles, store: SnapshotStore, key: string): Promise<PlannedKey[]> {
  const stored = await readStored(store, (each) => each === key || layersOf(key, each) !== undefined);
  const after = new Map(layersIn(files).map((layers) => [layerKey(key, layers), files.snapshotOf(layers, undefined)]));
  const had = [...stored].filter(([, { snapshot }]) => snapshot !== undefined).map(([each]) => each);
  const plan = [...new Set([...after.keys(), ...had])].map((each) => {
    const layers = layersOf(key, each) ?? {};
    return {
      key: each,
      revision: stored.get(each)?.revision ?? 0,
      after: after.get(each),
      difference: differenceOf(
        nearest(layers, (its) => stored.get(layerKey(key, its))?.snapshot),
        nearest(layers, (its) => after.get(layerKey(key, its))),
      ),
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
