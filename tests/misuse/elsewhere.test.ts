import { afterEach, describe, expect, it, vi } from "vitest";
import { type Admit, cacheFrom, LinearCache, Snapshot, SnapshotCache } from "../../mod.ts";
import { type FeedMessage, followSnapshots, SnapshotFeed } from "../../src/entries/feed.ts";
import { TlsSource } from "../../src/node/tls-source.ts";
import { CLUSTER_TYPE } from "../../src/v3/mod.ts";
import { PollClient } from "../server/poll-client.ts";
import { hostile, thrown } from "./misbehaviours.ts";
import { a, watch as watchAll } from "./publishers.ts";
import { settle } from "./world.ts";

const unhandled: unknown[] = [];
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => void unhandled.push(error));
}
afterEach(async () => {
  await settle();
  expect(unhandled.splice(0)).toEqual([]);
});

const FAILURES = Object.entries(thrown()).flatMap(([name, value]) =>
  [
    [`throws ${name}`, () => raise(value())],
    [`rejects ${name}`, () => Promise.reject(value())],
  ] as const
);

describe("P-01 SnapshotFeed.connect(send)", () => {
  it.each(FAILURES)("that %s is reported once and removed, and other replicas miss nothing", async (_, fail) => {
    const feed = new SnapshotFeed();
    const replica = new SnapshotCache();
    let errors = 0;
    feed.connect(fail, { onError: () => errors++ });
    feed.connect(followSnapshots(replica));
    for (const version of ["1", "2"]) {
      const snapshot = new Snapshot({ version, resources: [a(version)] });
      feed.setSnapshot("n", snapshot);
      await settle();
      expect([errors, replica.getSnapshot("n")?.version(CLUSTER_TYPE)]).toEqual([1, version]);
    }
  });

  it.each(FAILURES)("may have an onError that %s", async (_, fail) => {
    const feed = new SnapshotFeed();
    feed.connect(() => raise(new Error("A fault")), { onError: fail });
    feed.setSnapshot("n", new Snapshot());
    await settle();
    expect(feed.getSnapshot("n")).toBeDefined();
  });

  it("that publishes keeps the order of messages for all replicas", () => {
    const feed = new SnapshotFeed();
    const received: (string | undefined)[] = [];
    let again = true;
    feed.connect(() => {
      if (again) {
        again = false;
        feed.setSnapshot("n", new Snapshot({ version: "2", resources: [a("2")] }));
      }
    });
    feed.connect(({ types }: FeedMessage) => received.push(types?.[0]?.version));
    feed.setSnapshot("n", new Snapshot({ version: "1", resources: [a("1")] }));
    expect(received).toEqual(["1", "2"]);
  });
});

describe("P-01 WatchRequest.onError", () => {
  it.each(FAILURES)("that %s is called with each error of a source, which is called again", async (_, fail) => {
    let calls = 0;
    let errors = 0;
    // deno-lint-ignore require-yield
    const cache = cacheFrom(async function* () {
      calls++;
      throw new Error("A fault");
    }, { retryMs: 1 });
    const subscription = { wildcard: true, names: new Set<string>() };
    const node = { id: "a" } as Parameters<typeof cache.watch>[0]["node"];
    const onError = () => (errors++, fail() as unknown as void);
    const watch = cache.watch({ node, type: CLUSTER_TYPE, subscription, onError }, () => {});
    await vi.waitFor(() => expect(calls).toBeGreaterThan(2), { timeout: 5000 });
    watch.close();
    expect(errors).toBe(calls);
  });
});

describe("P-01 admit", () => {
  const bad: [string, () => unknown][] = [
    ...FAILURES.map(([name, fail]): [string, () => unknown] => [name, fail]),
    ["returns nothing", () => undefined],
    ["returns a text", () => "fine"],
    ["returns a list of nothing", () => [undefined]],
    ["returns a proxy", hostile],
  ];

  it.each(bad)("of a cache or a feed that %s refuses the publication, and nothing is changed", async (_, fail) => {
    let fails = false;
    const admit = (() => fails ? fail() : []) as Admit;
    const snapshots = new SnapshotCache({ admit });
    const feed = new SnapshotFeed({ admit });
    const linear = new LinearCache(CLUSTER_TYPE, { admit, resources: [a("1")] });
    const first = new Snapshot({ resources: [a("1")] });
    for (const each of [snapshots, feed]) each.setSnapshot("n", first);
    fails = true;
    for (const each of [snapshots, feed]) {
      expect(isThrown(() => each.setSnapshot("n", new Snapshot({ resources: [a("2")] })))).toBe(true);
      expect(each.getSnapshot("n")).toBe(first);
    }
    expect(isThrown(() => linear.apply({ update: [a("2")] }))).toBe(true);
    await settle();
    fails = false;
    expect(isThrown(() => linear.apply({ update: [a("3")] }))).toBe(false);
  });

  it.each(bad)("of cacheFrom that %s is reported, and clients keep what they have", async (_, fail) => {
    let isFirst = true;
    const seen: number[] = [];
    const errors: unknown[] = [];
    const cache = cacheFrom(async function* () {
      yield { resources: [a("1")] };
      await settle();
      yield { resources: [] };
    }, {
      retryMs: 60_000,
      admit: (() => isFirst ? (isFirst = false, []) : fail()) as Admit,
      onError: (e) => errors.push(e),
    });
    const watch = watchAll(cache, ({ size }) => void seen.push(size));
    await expect.poll(() => errors.length).toBe(1);
    expect(seen).toEqual([1]);
    watch.close();
  });
});

function isThrown(work: () => unknown): boolean {
  try {
    work();
    return false;
  } catch {
    return true;
  }
}

describe("P-01 TlsLoader.load and TlsReload.onReloadError", () => {
  const FIRST = { key: "k", cert: "c" };

  async function reload(load: () => unknown, onReloadError: () => unknown = () => {}) {
    let isFirst = true;
    const closes: (() => void)[] = [];
    const seen: unknown[] = [];
    const source = await TlsSource.load({
      reloadMs: 2,
      load: () => {
        const first = isFirst;
        isFirst = false;
        return (first ? FIRST : load()) as never;
      },
      onReloadError: (error) => (seen.push(error), onReloadError()) as never,
    });
    source.follow({ setSecureContext() {}, once: (_, close) => closes.push(close) });
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (const close of closes) close();
    return { seen, source };
  }

  it.each<readonly [string, () => unknown]>([
    ...FAILURES,
    ["returns nothing", () => undefined],
    ["returns a proxy", hostile],
    ["never settles", () => new Promise(() => {})],
  ])("load that %s is reported once", async (_, load) => {
    const { seen, source } = await reload(load);
    expect(seen).toHaveLength(1);
    expect(source.options).toMatchObject(FIRST);
  });

  it.each(FAILURES)("onReloadError that %s ends nothing", async (_, fail) => {
    const error = vi.spyOn(console, "error").mockImplementation(() => {});
    const { seen } = await reload(() => raise(new Error("A fault")), fail);
    await settle();
    expect([seen.length, error.mock.calls.length]).toEqual([1, 1]);
    error.mockRestore();
  });
});

describe("P-01 DiscoveryServer.fetch(request)", () => {
  const client = new PollClient({ cache: new LinearCache(CLUSTER_TYPE), requestTimeoutMs: 30 });
  const url = "http://localhost/v3/discovery:clusters";
  const headers = { "content-type": "application/json" };
  const streaming = (source: UnderlyingDefaultSource) => {
    const init = { method: "POST", headers, body: new ReadableStream(source), duplex: "half" };
    return new Request(url, init as RequestInit);
  };

  it.each<[string, () => unknown, number]>([
    ["whose body was read", () => {
      const request = new Request(url, { method: "POST", headers, body: "{}" });
      void request.text();
      return request;
    }, 500],
    ["whose body is locked", () => {
      const request = new Request(url, { method: "POST", headers, body: "{}" });
      request.body!.getReader();
      return request;
    }, 500],
    ["whose body throws", () => streaming({ pull: () => raise(new Error("A fault")) }), 499],
    ["whose body rejects", () => streaming({ pull: () => Promise.reject(null) }), 499],
    ["whose body never comes", () => streaming({ pull: () => new Promise(() => {}) }), 408],
    ["whose body is made of texts", () => streaming({ start: (body) => (body.enqueue("{}"), body.close()) }), 500],
    ["that is a proxy", hostile, 500],
    ["that is none", () => undefined, 500],
  ])("a request %s gets a response", async (_, make, status) => {
    const response = await client.server.fetch(make() as Request);
    expect(response.status).toBe(status);
    expect(await response.text()).not.toContain("fault");
  });
});

function raise(reason: unknown): never {
  throw reason;
}
