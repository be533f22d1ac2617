import { type Admit, type Cache, LinearCache, type Resource, Snapshot, SnapshotCache } from "../../mod.ts";
import { FakeClient } from "../../src/testing/mod.ts";
import { CLUSTER_TYPE, v3 } from "../../src/v3/mod.ts";

/** A cache that clusters are published to, for all clients. */
export interface PublishingCache {
  readonly cache: Cache;
  publish(resources: Resource[]): void;
}

/** Each way to publish to a cache, which may look at what is published. */
export const CACHES: Readonly<Record<string, (options?: { readonly admit?: Admit }) => PublishingCache>> = {
  "SnapshotCache.setSnapshot()": (options) => {
    const cache = new SnapshotCache({ nodeHash: () => "all", ...options });
    return { cache, publish: (resources) => cache.setSnapshot("all", new Snapshot({ resources })) };
  },
  "SnapshotCache.setSnapshot() of a changed snapshot": (options) => {
    const cache = new SnapshotCache({ nodeHash: () => "all", ...options });
    cache.setSnapshot("all", new Snapshot({ resources: [] }));
    return { cache, publish: (update) => cache.setSnapshot("all", cache.getSnapshot("all")!.with({ update })) };
  },
  "LinearCache.apply()": (options = {}) => {
    const cache = new LinearCache(CLUSTER_TYPE, options);
    return { cache, publish: (update) => void cache.apply({ update }) };
  },
  "LinearCache.set()": (options = {}) => {
    const cache = new LinearCache(CLUSTER_TYPE, options);
    return { cache, publish: (resources) => void cache.set(resources) };
  },
};

/** A client of all clusters. */
export function connect(cache: Cache): FakeClient {
  const client = new FakeClient({ cache, api: v3, variant: "delta" });
  client.subscribe(CLUSTER_TYPE);
  return client;
}

/** The clusters that a client has once it is in sync. */
export function names(client: FakeClient): string[] {
  client.settle();
  return [...client.resources(CLUSTER_TYPE).keys()].sort();
}
