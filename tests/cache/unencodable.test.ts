import { describe, expect, it } from "vitest";
import { cacheFrom, type Resource, Snapshot } from "../../mod.ts";
import { SnapshotFeed } from "../../src/entries/feed.ts";
import { cluster } from "../../src/v3/mod.ts";
import { CACHES, connect, names } from "./publishing.ts";

const GOOD = cluster({ name: "good" });
const NEXT = cluster({ name: "next" });
/** A resource as a program without types may make it. A new one each time, since a resource is encoded once. */
const bad = (version?: string): Resource =>
  cluster({ name: "bad", lbPolicy: "ROUND_ROBIN" as never }, version === undefined ? {} : { version });
const ERROR = /^Cannot encode "bad" of type type\.googleapis\.com\/envoy\.config\.cluster\.v3\.Cluster: .*lb_policy/;

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
