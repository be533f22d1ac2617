import type { ClientLayers } from "../../files/mod.ts";

/** The key of the store that clients of some layers read: `<key>`, and below it what the directories of layers are. */
export function layerKey(key: string, { node, cluster }: ClientLayers): string {
  return key + (node === undefined ? "" : `${NODES}${encodeURIComponent(node)}`) +
    (cluster === undefined ? "" : `${CLUSTERS}${encodeURIComponent(cluster)}`);
}

/** The layers that a client may have, the nearest first. It has those that the files, or the store, have. */
export function* nearestLayers({ node, cluster }: ClientLayers): Iterable<ClientLayers> {
  if (node !== undefined && cluster !== undefined) yield { node, cluster };
  if (node !== undefined) yield { node };
  if (cluster !== undefined) yield { cluster };
  yield {};
}

/** The layers that a key below another one is for; undefined where it is below it by chance. */
export function layersOf(key: string, below: string): ClientLayers | undefined {
  if (!below.startsWith(`${key}/`)) return undefined;
  const [, node, cluster] = /^(?:\/nodes\/([^/]*))?(?:\/clusters\/([^/]*))?$/.exec(below.slice(key.length)) ?? [];
  if (node === undefined && cluster === undefined) return undefined;
  try {
    const layers = {
      ...node !== undefined && { node: decodeURIComponent(node) },
      ...cluster !== undefined && { cluster: decodeURIComponent(cluster) },
    };
    return layerKey(key, layers) === below ? layers : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a key could be taken for that of a layer. */
export function isLayerLike(key: string): boolean {
  return [NODES, CLUSTERS].some((part) => `${key}/`.includes(part));
}

const NODES = "/nodes/";
const CLUSTERS = "/clusters/";
