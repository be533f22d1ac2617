import { type Cache, cacheFrom, LinearCache, MuxCache, type Resource, Snapshot, SnapshotCache } from "../../mod.ts";
import { type Type, TYPES } from "../protocol/transcript.ts";
import { resourceOf, resourcesOf, type World } from "./world.ts";

/** A cache with the world of each group of clients. */
export interface Backend {
  readonly cache: Cache;
  /** Publishes these worlds; undefined: clears them, so that new clients have no view, where the backend can do that. */
  publish(worlds: Readonly<Record<Group, World>> | undefined): void;
  /** Whether clients of different groups have different worlds. */
  readonly groups: boolean;
  /** Whether it calls watchers in a later turn of the event loop. */
  readonly async?: boolean;
}

/** Clients belong to a group by the cluster of their node. */
export type Group = "g1" | "g2";
export const GROUPS: readonly Group[] = ["g1", "g2"];

export const BACKENDS: Readonly<Record<string, () => Backend>> = {
  "SnapshotCache, whole snapshots": () =>
    snapshots((_cache, _key, world) => new Snapshot({ resources: resourcesOf(world) })),
  "SnapshotCache, changed snapshots": () =>
    snapshots((cache, key, world) => {
      const before = cache.getSnapshot(key) ?? new Snapshot();
      return before.with(difference(before, world));
    }),
  "SnapshotCache, versions of the user": () => {
    let version = 0;
    return snapshots((_cache, _key, world) =>
      new Snapshot({ version: `v${++version}`, resources: resourcesOf(world) })
    );
  },
  "MuxCache of LinearCaches, applied": () =>
    linear((cache, resources) => {
      const wanted = new Set(resources.map(({ name }) => name));
      const remove = cache.resources().map(({ name }) => name).filter((name) => !wanted.has(name));
      cache.apply({ update: resources, remove });
    }),
  "MuxCache of LinearCaches, set": () => linear((cache, resources) => cache.set(resources)),
  "cacheFrom": sourced,
};

function snapshots(make: (cache: SnapshotCache, key: Group, world: World) => Snapshot): Backend {
  const cache = new SnapshotCache({ nodeHash: ({ cluster }) => cluster });
  return {
    cache,
    groups: true,
    publish(worlds) {
      for (const key of GROUPS) {
        if (worlds === undefined) cache.clearSnapshot(key);
        else cache.setSnapshot(key, make(cache, key, worlds[key]));
      }
    },
  };
}

function difference(
  before: Snapshot,
  world: World,
): { update: Resource[]; remove: { typeUrl: string; name: string }[] } {
  const types = Object.keys(TYPES) as Type[];
  const update = resourcesOf(world).filter(({ typeUrl, name, version }) =>
    before.get(typeUrl, name)?.version !== version
  );
  const remove = types.flatMap((type) => {
    const names = [...before.resources(TYPES[type]).keys()].filter((name) => !world[type].has(name));
    return names.map((name) => ({ typeUrl: TYPES[type], name }));
  });
  return { update, remove };
}

function linear(put: (cache: LinearCache, resources: Resource[]) => void): Backend {
  const caches = Object.values(TYPES).map((typeUrl) => [typeUrl, new LinearCache(typeUrl)] as const);
  return {
    cache: new MuxCache(Object.fromEntries(caches)),
    groups: false,
    publish(worlds) {
      if (worlds === undefined) return;
      for (const [type, typeUrl] of Object.entries(TYPES)) {
        const resources = [...worlds.g1[type as Type].values()].map((label) => resourceOf(type as Type, label));
        put(caches.find(([url]) => url === typeUrl)![1], resources);
      }
    },
  };
}

function sourced(): Backend {
  let latest: Readonly<Record<Group, World>> | undefined;
  const wakes = new Set<() => void>();
  const cache = cacheFrom(async function* ({ node, type }, { signal }) {
    let wake: () => void = () => {};
    const call = () => wake();
    wakes.add(call);
    signal.addEventListener("abort", () => wakes.delete(call) && wake());
    let seen: unknown;
    while (!signal.aborted) {
      if (latest === seen) {
        await new Promise<void>((resolve) => wake = resolve);
        continue;
      }
      seen = latest;
      const resources = resourcesOf(latest![node.cluster as Group]);
      yield { resources: resources.filter(({ typeUrl }) => typeUrl === type) };
    }
  });
  return {
    cache,
    groups: true,
    async: true,
    publish(worlds) {
      if (worlds === undefined) return;
      latest = worlds;
      for (const wake of [...wakes]) wake();
    },
  };
}
