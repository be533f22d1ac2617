import { describe, expect, it } from "vitest";
import { cacheFrom, LinearCache, type Resource, Snapshot, SnapshotCache, SnapshotFeed } from "../../mod.ts";
import { FakeClient } from "../../src/testing/mod.ts";
import { cluster, CLUSTER_TYPE, v3 } from "../../src/v3/mod.ts";

const GOOD = cluster({ name: "good" });
const NEXT = cluster({ name: "next" });
/** A resource as a program without types may make it. A new one each time, since a resource is encoded once. */
const bad = (version?: string): Resource =>
  cluster({ name: "bad", lbPolicy: "ROUND_ROBIN" as never }, version === undefined ? {} : { version });
const ERROR = /^Cannot encode "bad" of type type\.googleapis\.com\/envoy\.config\.cluster\.v3\.Cluster: .*lb_policy/;

function connect(cache: ConstructorParameters<typeof FakeClient>[0]["cache"]): FakeClient {
  const client = new FakeClient({ cache, api: v3, variant: "delta" });
  client.subscribe(CLUSTER_TYPE);
  return client;
}

function names(client: FakeClient): string[] {
  client.settle();
  return [...client.resources(CLUSTER_TYPE).keys()].sort();
}

const CACHES = {
  "SnapshotCache.setSnapshot()": () => {
    const cache = new SnapshotCache({ nodeHash: () => "all" });
    return { cache, publish: (resources: Resource[]) => cache.setSnapshot("all", new Snapshot({ resources })) };
  },
  "SnapshotCache.setSnapshot() of a changed snapshot": () => {
    const cache = new SnapshotCache({ nodeHash: () => "all" });
    cache.setSnapshot("all", new Snapshot({ resources: [] }));
    const publish = (update: Resource[]) => cache.setSnapshot("all", cache.getSnapshot("all")!.with({ update }));
    return { cache, publish };
  },
  "LinearCache.apply()": () => {
    const cache = new LinearCache(CLUSTER_TYPE);
    return { cache, publish: (update: Resource[]) => cache.apply({ update }) };
  },
  "LinearCache.set()": () => {
    const cache = new LinearCache(CLUSTER_TYPE);
    return { cache, publish: (resources: Resource[]) => cache.set(resources) };
  },
};

describe("a resource that cannot be encoded", () => {
  it.each(Object.entries(CACHES))("E4 is an error of %s, which changes nothing", (_, create) => {
    const { cache, publish } = create();
    publish([GOOD]);
    const client = connect(cache);
    expect(names(client)).toEqual(["good"]);
    expect(() => publish([GOOD, NEXT, bad()])).toThrow(ERROR);
    expect(() => publish([GOOD, NEXT, bad("1")])).toThrow(ERROR);
    expect(names(client)).toEqual(["good"]);
    expect(names(connect(cache))).toEqual(["good"]);
    publish([GOOD, NEXT]);
    expect(names(client)).toEqual(["good", "next"]);
    client.close();
  });

  it("E4 is an error of SnapshotFeed.setSnapshot(), which sends nothing", () => {
    const feed = new SnapshotFeed();
    const sent: unknown[] = [];
    feed.connect((message) => sent.push(message));
    expect(() => feed.setSnapshot("all", new Snapshot({ resources: [GOOD, bad()] }))).toThrow(ERROR);
    expect([sent, feed.getSnapshot("all")]).toEqual([[], undefined]);
  });

  it("E4 is an error of the source of cacheFrom(), which is called again", async () => {
    const errors: unknown[] = [];
    const served = Promise.withResolvers<void>();
    let calls = 0;
    const cache = cacheFrom(async function* () {
      if (calls++ === 0) yield { resources: [GOOD, bad()] };
      yield { resources: [GOOD] };
      served.resolve();
    }, { onError: (error) => errors.push(error), retryMs: 0 });
    const client = connect(cache);
    await served.promise;
    expect(names(client)).toEqual(["good"]);
    expect(errors.map(String)).toEqual([expect.stringMatching(/Cannot encode "bad"/)]);
    client.close();
  });
});
