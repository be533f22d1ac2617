import { describe, it } from "vitest";
import {
  type CacheEvent,
  cacheFrom,
  LinearCache,
  MuxCache,
  Snapshot,
  SnapshotCache,
  type SnapshotEvent,
  snapshotsFrom,
} from "../../mod.ts";
import { type CacheUnderTest, type Publication, testCache } from "../../src/testing/mod.ts";

const runner = { describe, it };

testCache(runner, {
  name: "SnapshotCache",
  create() {
    const cache = new SnapshotCache();
    return { cache, publish: ({ node, resources }) => cache.setSnapshot(node.id, new Snapshot({ resources })) };
  },
});

testCache(runner, {
  name: "SnapshotCache with snapshots made of the one before",
  create() {
    const cache = new SnapshotCache();
    return {
      cache,
      publish({ node, update, remove }) {
        cache.setSnapshot(node.id, (cache.getSnapshot(node.id) ?? new Snapshot()).with({ update, remove }));
      },
    };
  },
});

testCache(runner, {
  name: "LinearCache.apply",
  lacks: ["waiting", "types", "nodes"],
  create([type]) {
    const cache = new LinearCache(type!.typeUrl);
    return {
      cache,
      publish: ({ update, remove }) => cache.apply({ update, remove: remove.map(({ name }) => name) }),
    };
  },
});

testCache(runner, {
  name: "LinearCache.set",
  lacks: ["waiting", "types", "nodes"],
  create([type]) {
    const cache = new LinearCache(type!.typeUrl, { versionPrefix: "v" });
    return { cache, publish: ({ resources }) => cache.set(resources) };
  },
});

testCache(runner, {
  name: "MuxCache by type",
  lacks: ["waiting", "nodes", "atomic"],
  create(types) {
    const caches = types.map(({ typeUrl }) => [typeUrl, new LinearCache(typeUrl)] as const);
    return {
      cache: new MuxCache(Object.fromEntries(caches)),
      publish({ resources }) {
        for (const [type, cache] of caches) cache.set(resources.filter(({ typeUrl }) => typeUrl === type));
      },
    };
  },
});

testCache(runner, {
  name: "MuxCache by node",
  create() {
    const caches = new Map(["one", "two"].map((id) => [id, new SnapshotCache()]));
    return {
      cache: new MuxCache(({ node }) => caches.get(node.id)),
      publish: ({ node, resources }) => caches.get(node.id)!.setSnapshot(node.id, new Snapshot({ resources })),
    };
  },
});

testCache(runner, { name: "cacheFrom, all resources in each event", lacks: ["atomic"], create: () => fed(whole) });
testCache(runner, { name: "cacheFrom, changes only", lacks: ["atomic"], create: () => fed(change) });

testCache(runner, {
  name: "snapshotsFrom, an iterable of snapshots",
  create: () => followed(({ node, resources }) => ({ key: node.id, snapshot: resources })),
});
testCache(runner, {
  name: "snapshotsFrom, an iterable of changes",
  create: () => followed(({ node, update, remove }) => ({ key: node.id, change: { update, remove } })),
});
testCache(runner, {
  name: "snapshotsFrom, polled",
  create() {
    const latest = new Map<string, Publication>();
    const source = () => [...latest].map(([key, { resources }]) => ({ key, snapshot: resources }));
    const cache = snapshotsFrom(source, { everyMs: 1 });
    return { cache, publish: (publication) => void latest.set(publication.node.id, publication), close: cache.close };
  },
});

function followed(eventOf: (publication: Publication) => SnapshotEvent): CacheUnderTest {
  const { readable, writable } = new TransformStream<SnapshotEvent, SnapshotEvent>();
  const writer = writable.getWriter();
  const cache = snapshotsFrom(() => readable);
  return { cache, publish: (publication) => void writer.write(eventOf(publication)), close: cache.close };
}

function fed(eventOf: (publication: Publication, type: string) => CacheEvent): CacheUnderTest {
  const latest = new Map<string, Publication>();
  const open = new Set<ReadableStreamDefaultController<Publication>>();
  const cache = cacheFrom(async function* ({ node, type }, { signal }) {
    let own: ReadableStreamDefaultController<Publication>;
    const stream = new ReadableStream<Publication>({ start: (controller) => void open.add(own = controller) });
    signal.addEventListener("abort", () => open.delete(own) && own.close());
    if (latest.has(node.id)) yield whole(latest.get(node.id)!, type);
    for await (const publication of stream) if (publication.node.id === node.id) yield eventOf(publication, type);
  });
  return {
    cache,
    publish(publication) {
      latest.set(publication.node.id, publication);
      for (const each of open) each.enqueue(publication);
    },
    close() {
      if (open.size > 0) throw new Error(`The signals of ${open.size} sources were not aborted`);
    },
  };
}

function whole({ resources }: Publication, type: string): CacheEvent {
  return { resources: resources.filter(({ typeUrl }) => typeUrl === type) };
}

function change({ update, remove }: Publication, type: string): CacheEvent {
  return {
    update: update.filter(({ typeUrl }) => typeUrl === type),
    remove: remove.filter(({ typeUrl }) => typeUrl === type).map(({ name }) => name),
  };
}
