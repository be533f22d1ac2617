import { Snapshot } from "../../cache/mod.ts";
import type { ClientLayers, PlacedProblem } from "../../files/mod.ts";
import type { LayeredFiles } from "../../node/files/layered-files.ts";
import { isError } from "../../node/files/publication.ts";
import { layerKey } from "./layer-keys.ts";

/** What files have for each key of a store. */
export interface Contents {
  readonly snapshots: ReadonlyMap<string, Snapshot>;
  /** Layers that are wrong together, or one without the other, with an error each: a client that has them keeps what it has. */
  readonly withheld: readonly { readonly layers: ClientLayers; readonly error: PlacedProblem }[];
}

/** The layers of which some client may have exactly these: each by itself, and those of a node with those of a cluster. */
export function layersIn(files: LayeredFiles): ClientLayers[] {
  const all = files.layers();
  const distinct = (names: readonly (string | undefined)[]) => [...new Set(names.filter((name) => name !== undefined))];
  const [nodes, clusters] = [distinct(all.map(({ node }) => node)), distinct(all.map(({ cluster }) => cluster))];
  return [
    {},
    ...clusters.map((cluster) => ({ cluster })),
    ...nodes.map((node) => ({ node })),
    ...nodes.flatMap((node) => clusters.map((cluster) => ({ node, cluster }))),
  ];
}

/** Composes what each client may have, of files in which nothing is wrong for all. */
export function contentsOf(files: LayeredFiles, key: string): Contents {
  const snapshots = new Map<string, Snapshot>();
  const withheld: Contents["withheld"][number][] = [];
  for (const layers of layersIn(files)) {
    const error = layers.node === undefined ? undefined : files.problemsOfOne(layers).find(isError);
    if (error !== undefined) withheld.push({ layers, error });
    snapshots.set(layerKey(key, layers), error === undefined ? files.snapshotOf(layers, undefined) : WITHHELD);
  }
  return { snapshots, withheld };
}

/** Whether a key says that its clients get nothing, rather than what is beneath. */
export function isWithheld(snapshot: Snapshot | undefined): boolean {
  return snapshot?.types.length === 0 && snapshot.version("") === WITHHELD.version("");
}

const WITHHELD = new Snapshot({ version: "withheld by xds publish", resources: [] });
