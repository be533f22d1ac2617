import { describe, expect, it } from "vitest";
import {
  type Admission,
  AdmissionError,
  type AdmissionProblem,
  type Admit,
  cacheFrom,
  LinearCache,
  Snapshot,
  SnapshotCache,
} from "../../mod.ts";
import { SnapshotFeed } from "../../src/entries/feed.ts";
import { cluster, CLUSTER_TYPE, ENDPOINT_TYPE, endpoints } from "../../src/v3/mod.ts";
import { CACHES, connect, names } from "./publishing.ts";

const GOOD = cluster({ name: "good" });
const NEXT = cluster({ name: "next" });
const BAD = cluster({ name: "bad" });

/** Refuses resources named `bad`, and warns of those named `next`. */
function admit({ update }: Admission): AdmissionProblem[] {
  return update.filter(({ name }) => name !== "good").map(({ typeUrl, name }) => ({
    severity: name === "bad" ? "error" : "warning",
    typeUrl,
    resource: name,
    path: "name",
    rule: "test",
    message: "Must be good",
    value: name,
    hint: "Call it good",
  }));
}

/** Notes what it is given, and admits all. */
function recorder(): { readonly admit: Admit; readonly seen: Admission[] } {
  const seen: Admission[] = [];
  return { seen, admit: (change) => (seen.push(change), []) };
}

describe("admit", () => {
  it.each(Object.entries(CACHES))("refuses a change of %s whole", (_, create) => {
    const { cache, publish } = create({ admit });
    publish([GOOD]);
    const client = connect(cache);
    expect(names(client)).toEqual(["good"]);
    expect(() => publish([GOOD, NEXT, BAD])).toThrow(AdmissionError);
    expect(names(client)).toEqual(["good"]);
    expect(names(connect(cache))).toEqual(["good"]);
    publish([GOOD, NEXT]);
    expect(names(client)).toEqual(["good", "next"]);
    client.close();
  });

  it("is called with the difference of a changed snapshot only", () => {
    const { admit, seen } = recorder();
    const cache = new SnapshotCache({ admit });
    const first = new Snapshot({ resources: [GOOD, BAD, endpoints({ clusterName: "good" })] });
    cache.setSnapshot("all", first);
    const second = first.with({ update: [NEXT], remove: { [CLUSTER_TYPE]: ["bad"] } });
    cache.setSnapshot("all", second);
    cache.setSnapshot("all", second);
    expect(seen.map(({ update, remove }) => [update.map(({ name }) => name), remove])).toEqual([
      [["good", "bad", "good"], []],
      [["next"], [{ typeUrl: CLUSTER_TYPE, name: "bad" }]],
      [[], []],
    ]);
    const { before, after, isComplete } = seen[1]!;
    expect([before.get(CLUSTER_TYPE, "bad"), after.get(CLUSTER_TYPE, "bad"), isComplete]).toEqual([
      BAD,
      undefined,
      true,
    ]);
  });

  it("is called with the difference of unrelated snapshots by the identity of resources", () => {
    const { admit, seen } = recorder();
    const cache = new SnapshotCache({ admit });
    cache.setSnapshot("all", new Snapshot({ resources: [GOOD, BAD] }));
    cache.setSnapshot("all", new Snapshot({ resources: [GOOD, NEXT] }));
    const { update, remove } = seen[1]!;
    expect([update, remove]).toEqual([[NEXT], [{ typeUrl: CLUSTER_TYPE, name: "bad" }]]);
  });

  it("is called with the table of a LinearCache before and after a change", () => {
    const seen: unknown[] = [];
    const admit: Admit = ({ update, remove, before, after, isComplete }) => {
      seen.push({
        update: update.map(({ name }) => name),
        remove: remove.map(({ name }) => name),
        before: [...before.resources(CLUSTER_TYPE).keys()],
        after: [...after.resources(CLUSTER_TYPE).keys()],
        found: [before, after].map((table) => ["bad", "next"].map((name) => table.get(CLUSTER_TYPE, name)?.name)),
        endpoints: [after.resources(ENDPOINT_TYPE).size, after.get(ENDPOINT_TYPE, "good")],
        isComplete,
      });
      return [];
    };
    const cache = new LinearCache(CLUSTER_TYPE, { resources: [GOOD, BAD], admit });
    cache.apply({ update: [NEXT], remove: ["bad", "unknown"] });
    cache.set([NEXT]);
    const others = { endpoints: [0, undefined], isComplete: false };
    expect(seen.slice(1)).toEqual([
      {
        update: ["next"],
        remove: ["bad", "unknown"],
        before: ["good", "bad"],
        after: ["good", "next"],
        found: [["bad", undefined], [undefined, "next"]],
        ...others,
      },
      {
        update: [],
        remove: ["good"],
        before: ["good", "next"],
        after: ["next"],
        found: [[undefined, "next"], [undefined, "next"]],
        ...others,
      },
    ]);
  });

  it("refuses the first resources of a LinearCache", () => {
    expect(() => new LinearCache(CLUSTER_TYPE, { resources: [BAD], admit })).toThrow(AdmissionError);
  });

  it("refuses a snapshot of a SnapshotFeed before a replica is sent it", () => {
    const feed = new SnapshotFeed({ admit });
    const sent: unknown[] = [];
    feed.connect((message) => sent.push(message));
    expect(() => feed.setSnapshot("all", new Snapshot({ resources: [BAD] }))).toThrow(AdmissionError);
    expect([sent, feed.getSnapshot("all")]).toEqual([[], undefined]);
  });

  it("refuses an event of a source of cacheFrom(), which is called again", async () => {
    const errors: unknown[] = [];
    const served = Promise.withResolvers<void>();
    let calls = 0;
    const cache = cacheFrom(async function* () {
      yield { resources: [GOOD] };
      if (calls++ === 0) yield { update: [NEXT, BAD] };
      served.resolve();
    }, { onError: (error) => errors.push(error), retryMs: 0, admit });
    const client = connect(cache);
    await served.promise;
    expect(names(client)).toEqual(["good"]);
    expect(errors).toEqual([expect.any(AdmissionError)]);
    client.close();
  });
});

describe("AdmissionError", () => {
  it("lists the errors in its message, and has the warnings too", () => {
    const cache = new LinearCache(CLUSTER_TYPE, { admit });
    const error = caught(() => cache.set([BAD, NEXT]));
    expect(error.message).toBe(
      'Cannot publish: 1 error in it\nCluster "bad" name: Must be good ("bad") [test]; Call it good',
    );
    expect(error.problems.map(({ severity }) => severity)).toEqual(["error", "warning"]);
  });

  it("lists the first five errors", () => {
    const all = Array.from({ length: 7 }, (_, i) => cluster({ name: `c${i}` }));
    const refuse: Admit = ({ update }) => admit({ update: update.map(() => BAD) } as unknown as Admission);
    const error = caught(() => new LinearCache(CLUSTER_TYPE, { resources: all, admit: refuse }));
    expect(error.message.split("\n")).toHaveLength(7);
    expect(error.message).toMatch(/^Cannot publish: 7 errors in it\n[^]*\nand 2 more$/);
  });
});

function caught(run: () => unknown): AdmissionError {
  try {
    run();
  } catch (error) {
    return error as AdmissionError;
  }
  throw new Error("Nothing was thrown");
}
