import { afterEach, describe, expect, it, vi } from "vitest";
import {
  type Cache,
  cacheFrom,
  type CacheFromOptions,
  createDiscoveryServer,
  type Logger,
  MuxCache,
  SnapshotCache,
  snapshotsFrom,
  type SnapshotsFromOptions,
} from "../../mod.ts";
import { CLUSTER_TYPE } from "../../src/v3/mod.ts";
import { InProcessClient, settle } from "./in-process-client.ts";

const failing = (options: CacheFromOptions = {}) =>
  // deno-lint-ignore require-yield
  cacheFrom(async function* () {
    throw new Error("no such table");
  }, { retryMs: 60_000, ...options });

/** A server of a cache, with what it logs and what its `onError` is called with. */
function start(cache: Cache) {
  const lines: [string, object][] = [];
  const errors: unknown[] = [];
  const log: Logger = { warn() {}, error: (fields, message) => void lines.push([message, fields]) };
  const server = createDiscoveryServer({
    cache,
    log,
    callbacks: { onError: (error, stream) => errors.push([error, stream?.node?.id]) },
  });
  return { server, lines, errors };
}

describe("an error of a source", () => {
  afterEach(() => void vi.restoreAllMocks());

  it("is logged, and passed to onError with its stream", async () => {
    const { server, lines, errors } = start(failing());
    new InProcessClient(server, { id: "edge-1", variant: "sotw" }).subscribe(CLUSTER_TYPE, []);
    await settle();
    expect(lines.map(([message]) => message)).toEqual([
      'FAULT the source of Cluster has thrown: no such table (node "edge-1")',
    ]);
    expect(lines[0]![1]).toMatchObject({ event: "FAULT", typeUrl: CLUSTER_TYPE, nodeId: "edge-1", streamId: 1 });
    expect(errors).toEqual([[new Error("no such table"), "edge-1"]]);
    server.close();
  });

  describe("that its cache says itself", () => {
    const snapshots = new SnapshotCache();
    snapshots.setSnapshot("edge-1", []);
    const errors: string[] = [];
    const cache: Cache = {
      watch: (...args) => snapshots.watch(...args),
      sourceErrors: (node) => errors.filter((each) => node === undefined || !each.includes("only others")),
    };

    afterEach(() => void errors.splice(0));

    it.each<[string, Cache]>([
      ["the cache of the server", cache],
      ["one of several caches", new MuxCache({ [CLUSTER_TYPE]: cache })],
      ["the other cache of several", new MuxCache(() => undefined, { otherwise: cache })],
    ])("is in the status and the explanation as long as it lasts: %s", async (_, each) => {
      const { server } = start(each);
      new InProcessClient(server, { id: "edge-1", variant: "sotw" }).subscribe(CLUSTER_TYPE, []);
      await settle();
      errors.push("routes.yaml:9:49: Unknown field", "only others have it");
      expect(server.status().sourceErrors).toEqual(errors);
      expect(server.explain("edge-1").findings[0]).toMatchObject({
        reason: "source-failed",
        text: "the source of the configuration is in error: routes.yaml:9:49: Unknown field",
      });
      expect(server.explain("edge-1").text).not.toContain("only others");
      errors.splice(0);
      expect(server.status().sourceErrors).toEqual([]);
      expect(server.explain("edge-1").text).not.toContain("in error");
      server.close();
    });

    it("is shortened where it is long, and left out where it is no list of texts", () => {
      errors.push(...Array.from({ length: 1_000 }, (_, i) => `file ${i}`));
      const { server } = start(cache);
      expect(server.status().sourceErrors).toHaveLength(100);
      expect(server.explain("none").text.split("\n").slice(9, 12)).toEqual([
        "the source of the configuration is in error: file 9",
        "the source of the configuration is in error: and 90 more",
        expect.stringContaining('Node "none" has no stream'),
      ]);
      server.close();
      const other = start({ ...cache, sourceErrors: () => [1, "a text"] as unknown as string[] });
      expect(other.server.status().sourceErrors).toEqual(["a text"]);
      other.server.close();
    });
  });

  describe("that many watches are fed from", () => {
    const followed = (options: SnapshotsFromOptions = {}) =>
      snapshotsFrom(() => Promise.reject(new Error("no such table")), { retryMs: 60_000, ...options });

    it("is logged once, and is in the explanation of each", async () => {
      using cache = followed();
      const { server, lines, errors } = start(cache);
      const clients = ["edge-1", "edge-2"].map((id) => new InProcessClient(server, { id, variant: "sotw" }));
      for (const client of clients) client.subscribe(CLUSTER_TYPE, []);
      await settle();
      expect(lines.map(([message]) => message)).toEqual([
        'FAULT the source of Cluster has thrown: no such table (node "edge-1")',
      ]);
      expect(errors).toEqual([[new Error("no such table"), "edge-1"]]);
      for (const id of ["edge-1", "edge-2"]) {
        expect(server.explain(id).findings.map(({ reason }) => reason)).toContain("source-failed");
      }
      server.close();
    });

    it("is in the explanation of a client that comes later, until the source is in order", async () => {
      let isAway = true;
      using cache = snapshotsFrom(() => {
        if (isAway) throw new Error("no such table");
        return [];
      }, { everyMs: 5, retryMs: 5, onError: () => {} });
      const { server, lines } = start(cache);
      await vi.waitFor(() => expect(cache.status().failures).toBeGreaterThan(0));
      new InProcessClient(server, { id: "edge-1", variant: "sotw" }).subscribe(CLUSTER_TYPE, []);
      await settle();
      expect(server.explain("edge-1").text).toContain("the source of Cluster has thrown: no such table");
      isAway = false;
      await vi.waitFor(() => expect(cache.status().failures).toBe(0));
      new InProcessClient(server, { id: "edge-2", variant: "sotw" }).subscribe(CLUSTER_TYPE, []);
      await settle();
      expect(server.explain("edge-2").text).not.toContain("has thrown");
      expect(lines).toEqual([]);
      server.close();
    });

    it("goes to the console without a client, and to none that has left", async () => {
      const error = vi.spyOn(console, "error").mockImplementation(() => {});
      using cache = snapshotsFrom(() => Promise.reject(new Error("no such table")), { retryMs: 20, maxRetryMs: 20 });
      const { server, lines } = start(cache);
      const client = new InProcessClient(server, { id: "edge-1", variant: "sotw" });
      client.subscribe(CLUSTER_TYPE, []);
      await settle();
      expect([lines.length, error.mock.calls.length]).toEqual([1, 0]);
      client.disconnect();
      await vi.waitFor(() => expect(error).toHaveBeenCalled());
      server.close();
    });
  });

  it("is logged for a poll as well", async () => {
    const { server, lines, errors } = start(failing());
    const body = JSON.stringify({ node: { id: "edge-1" } });
    const headers = { "content-type": "application/json" };
    await server.fetch(new Request("http://localhost/v3/discovery:clusters", { method: "POST", headers, body }));
    expect(lines.map(([message]) => message)).toEqual([
      'FAULT the source of Cluster has thrown: no such table (node "edge-1")',
    ]);
    expect(errors).toEqual([[new Error("no such table"), undefined]]);
    server.close();
  });

  it("is reported once, to the cache's own handler where it has one, and is explained all the same", async () => {
    const handled: unknown[] = [];
    const { server, lines, errors } = start(failing({ onError: (error) => handled.push(error) }));
    new InProcessClient(server, { id: "edge-1", variant: "sotw" }).subscribe(CLUSTER_TYPE, []);
    await settle();
    expect([handled.length, lines, errors]).toEqual([1, [], []]);
    expect(server.explain("edge-1").text).toContain("no such table");
    server.close();
  });

  it("goes to the console where there is no server", async () => {
    const console = vi.spyOn(globalThis.console, "error").mockImplementation(() => {});
    const node = { id: "edge-1" } as Parameters<ReturnType<typeof failing>["watch"]>[0]["node"];
    const subscription = { wildcard: true, names: new Set<string>() };
    failing().watch({ node, type: CLUSTER_TYPE, subscription }, () => {}).close();
    await settle();
    const watch = failing().watch({ node, type: CLUSTER_TYPE, subscription }, () => {});
    await settle();
    watch.close();
    expect(console.mock.calls).toEqual([["The source of a cache has thrown", new Error("no such table")]]);
  });

  it("is a bounded number of lines, which say how many are left out", async () => {
    vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] });
    const { server, lines, errors } = start(failing({ retryMs: 2000 }));
    for (let i = 0; i < 30; i++) {
      new InProcessClient(server, { id: `edge-${i}`, variant: "sotw" }).subscribe(CLUSTER_TYPE, []);
    }
    await vi.advanceTimersByTimeAsync(2500);
    expect(errors).toHaveLength(60);
    expect(lines).toHaveLength(20);
    expect(lines.filter(([, fields]) => "suppressed" in fields)).toMatchObject([[
      expect.anything(),
      { suppressed: 20 },
    ]]);
    server.close();
    vi.useRealTimers();
  });
});
