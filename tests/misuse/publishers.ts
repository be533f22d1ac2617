import { type Cache, LinearCache, MuxCache, type Resource, Snapshot, SnapshotCache, type Watcher } from "../../mod.ts";
import { SnapshotFeed } from "../../src/entries/feed.ts";
import { cluster, CLUSTER_TYPE } from "../../src/v3/mod.ts";

type Items = Iterable<never>;

/** A cache that something is published to. */
export interface Publisher {
  readonly cache: Cache;
  publish(): void;
}

/** Iterables of a publication: what they throw is the publisher's, and nothing is changed. */
export const PUBLICATIONS: Readonly<Record<string, (items: Items, publisher: ReturnType<typeof linear>) => unknown>> = {
  "LinearCache.apply(change).update": (items, { cache }) => cache.apply({ update: items, remove: ["a"] }),
  "LinearCache.apply(change).remove": (items, { cache }) => cache.apply({ update: [a("2")], remove: items }),
  "LinearCache.set(resources)": (items, { cache }) => cache.set(items),
  "LinearCacheOptions.resources": (items) => new LinearCache(CLUSTER_TYPE, { resources: items }),
  "SnapshotCache.setSnapshot(content)": (items) => new SnapshotCache().setSnapshot("n", items),
  "SnapshotFeed.setSnapshot(content)": (items) => new SnapshotFeed().setSnapshot("n", items),
  "SnapshotInit.resources": (items) => new Snapshot({ resources: items }),
  "SnapshotChange.update": (items) => new Snapshot({ resources: [a("1")] }).with({ update: items }),
  "SnapshotChange.remove": (items) => new Snapshot({ resources: [a("1")] }).with({ remove: items }),
};

/** Caches whose watchers may be the user's own. */
export const WATCHED: Readonly<Record<string, () => Publisher>> = {
  "LinearCache.watch(watcher)": linear,
  "SnapshotCache.watch(watcher)": snapshots,
  "MuxCache.watch(watcher)": () => {
    const { cache, publish } = linear();
    return { cache: new MuxCache({ [CLUSTER_TYPE]: cache }), publish };
  },
  "Cache.watch(watcher)": () => {
    const { cache, publish } = snapshots();
    return { cache: { watch: (...args) => cache.watch(...args) }, publish };
  },
};

/** Opens a watch of all clusters of the node `n`. */
export function watch(cache: Cache, watcher: Watcher) {
  const subscription = { wildcard: true, names: new Set<string>() };
  return cache.watch({ node: { id: "n" } as never, type: CLUSTER_TYPE, subscription }, watcher);
}

/** The cluster `a`. */
export function a(version: string): Resource {
  return cluster({ name: "a", altStatName: version });
}

/** A cache of one cluster. */
export function linear() {
  const cache = new LinearCache(CLUSTER_TYPE, { resources: [a("0")] });
  let version = 0;
  return { cache, publish: () => cache.apply({ update: [a(String(++version))] }) };
}

function snapshots() {
  const cache = new SnapshotCache();
  let version = 0;
  const publish = () => cache.setSnapshot("n", new Snapshot({ resources: [a(String(++version))] }));
  publish();
  return { cache, publish };
}
