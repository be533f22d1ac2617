import { normalName, type Resource } from "../resource/mod.ts";
import type { DocumentContent } from "./document.ts";
import type { PlacedResource } from "./placed-resource.ts";
import { type DocumentProblem, placeText } from "./problem.ts";

/** The clients that a file is for: all of them, or those of a node id or of a node's cluster. */
export type Layer = { readonly of: "all" } | { readonly of: "cluster" | "node"; readonly name: string };

/** A file that was read. */
export interface LayerFile {
  /** The name of the file, for places. */
  readonly file: string;
  /** The clients that it is for. */
  readonly layer: Layer;
  /** What it has. */
  readonly content: DocumentContent;
}

/** What some clients have, and what is wrong with it. */
export interface Composition {
  /** The resources by type and name: of several layers that have one, that of the nearest. */
  readonly resources: readonly PlacedResource[];
  /** Names given twice in a layer, and removals of what does not exist. */
  readonly problems: readonly DocumentProblem[];
}

/** The layers of a client. */
export interface ClientLayers {
  /** The id of its node. */
  readonly node?: string | undefined;
  /** The cluster of its node. */
  readonly cluster?: string | undefined;
}

/**
 * Puts together what a client has: the files for all, then those for its cluster, then those for its node. Each layer
 * adds to those beneath it, replaces resources of the same type and name, and takes away what its `remove` lists.
 */
export function compose(files: readonly LayerFile[], { node, cluster }: ClientLayers = {}): Composition {
  const problems: DocumentProblem[] = [];
  const resources = new Map<string, PlacedResource>();
  const layers = [
    files.filter(({ layer }) => layer.of === "all"),
    files.filter(({ layer }) => layer.of === "cluster" && layer.name === cluster),
    files.filter(({ layer }) => layer.of === "node" && layer.name === node),
  ];
  for (const layer of layers) apply(layer, { resources, problems });
  return { resources: [...resources.values()], problems };
}

function apply(
  files: readonly LayerFile[],
  { resources, problems }: { readonly resources: Map<string, PlacedResource>; readonly problems: DocumentProblem[] },
): void {
  for (const { file, content } of files) {
    for (const { typeUrl, name, place, path } of content.removals) {
      if (resources.delete(keyOf(typeUrl, name))) continue;
      const message = `Cannot remove "${name}" of ${typeUrl}: no layer beneath this one has it`;
      problems.push({ file, ...place, path, message });
    }
  }
  const own = new Map<string, PlacedResource>();
  for (const placed of files.flatMap(({ content }) => content.resources)) {
    const { typeUrl, name } = placed.resource;
    const key = keyOf(typeUrl, name);
    const other = own.get(key);
    if (other !== undefined) {
      const hint = `the other one is at ${placeText(other.place)}; rename or remove one of them`;
      problems.push({ ...placed.place, path: placed.path, message: `"${name}" is given twice`, hint });
    }
    own.set(key, placed);
    resources.set(key, placed);
  }
}

function keyOf(typeUrl: string, name: string): string {
  return `${typeUrl}\n${normalName(name)}`;
}

/** The resources of a composition, without their places. */
export function resourcesIn({ resources }: Composition): Resource[] {
  return resources.map(({ resource }) => resource);
}
