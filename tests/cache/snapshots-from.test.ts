import { describe, expect, it, vi } from "vitest";
import { type Admit, type SnapshotEvents, snapshotsFrom, type SnapshotSource } from "../../mod.ts";
import { cluster, CLUSTER_TYPE } from "../../src/v3/mod.ts";

const A = cluster({ name: "a" });
const B = cluster({ name: "b" });

/** The errors that a cache of a source has reported, and the cache. */
function follow(source: SnapshotSource, options: Parameters<typeof snapshotsFrom>[1] = {}) {
  const errors: unknown[] = [];
  const cache = snapshotsFrom(source, { retryMs: 1, onError: (error) => errors.push(error), ...options });
  const names = (key = "x") => [...cache.getSnapshot(key)?.resources(CLUSTER_TYPE).keys() ?? []];
  return { cache, errors, names, [Symbol.dispose]: cache.close };
}

describe("snapshotsFrom", () => {
  it("publishes what a function returns, once", async () => {
    const source = vi.fn(() => ({ key: "x", snapshot: [A] }));
    using followed = follow(source);
    await followed.cache.ready;
    expect(followed.names()).toEqual(["a"]);
    await vi.waitFor(() => expect(followed.cache.status()).toMatchObject({ state: "ended", isReady: true }));
    expect(source).toHaveBeenCalledTimes(1);
  });

  it("applies snapshots, changes and removals of several keys in order", async () => {
    using followed = follow(async function* () {
      yield [{ key: "x", snapshot: [A] }, { key: "y", snapshot: [B] }];
      yield { key: "x", change: { update: [B], remove: [{ typeUrl: CLUSTER_TYPE, name: "a" }] } };
      yield { key: "y", clear: true };
      yield { key: "new", change: { update: [A] } };
    });
    await vi.waitFor(() => expect(followed.cache.status().state).toBe("ended"));
    expect(followed.names("x")).toEqual(["b"]);
    expect(followed.cache.getSnapshot("y")).toBeUndefined();
    expect(followed.names("new")).toEqual(["a"]);
    expect(followed.errors).toEqual([]);
  });

  it("polls, and keeps what an empty pass does not name", async () => {
    const passes = [[{ key: "x", snapshot: [A] }], [], [{ key: "x", snapshot: [A, B] }]];
    using followed = follow(() => Promise.resolve(passes.shift() ?? []), { everyMs: 1 });
    await vi.waitFor(() => expect(followed.names()).toEqual(["a", "b"]));
    expect(followed.cache.status()).toMatchObject({ state: "following", failures: 0 });
  });

  it("is ready after the first events of an iterable that stays open", async () => {
    const end = Promise.withResolvers<void>();
    using followed = follow(async function* () {
      yield [];
      await end.promise;
    });
    await followed.cache.ready;
    expect(followed.cache.status()).toMatchObject({ isReady: true, state: "following" });
    end.resolve();
  });

  it("is ready after the whole first pass of an iterable that is polled", async () => {
    const half = Promise.withResolvers<void>();
    using followed = follow(async function* () {
      yield { key: "x", snapshot: [A] };
      await half.promise;
      yield { key: "y", snapshot: [B] };
    }, { everyMs: 1_000 });
    await vi.waitFor(() => expect(followed.names()).toEqual(["a"]));
    expect(followed.cache.status().isReady).toBe(false);
    half.resolve();
    await followed.cache.ready;
    expect(followed.names("y")).toEqual(["b"]);
  });

  it("keeps what it has after an error, reports it, and calls the source again", async () => {
    let calls = 0;
    using followed = follow(async function* () {
      if (++calls === 1) {
        yield { key: "x", snapshot: [A] };
        throw new Error("The database is away");
      }
      if (calls < 4) throw new Error("Still away");
      yield { key: "x", snapshot: [B] };
    });
    await vi.waitFor(() => expect(followed.names()).toEqual(["b"]));
    expect(followed.errors.map(String)).toEqual([
      "Error: The database is away",
      "Error: Still away",
      "Error: Still away",
    ]);
  });

  it("says what is wrong while it retries", async () => {
    using followed = follow(() => Promise.reject(new Error("Away")), { retryMs: 60_000 });
    await vi.waitFor(() => expect(followed.errors).toHaveLength(1));
    const status = followed.cache.status();
    expect(status).toMatchObject({ state: "retrying", failures: 1, error: new Error("Away"), isReady: false });
  });

  it("pauses longer after each error, up to a bound", async () => {
    vi.useFakeTimers();
    vi.spyOn(Math, "random").mockReturnValue(1);
    try {
      const at: number[] = [];
      using followed = follow(() => {
        at.push(Date.now());
        return Promise.reject(new Error("Away"));
      }, { retryMs: 100, maxRetryMs: 400 });
      await vi.advanceTimersByTimeAsync(1_600);
      const pauses = at.slice(1).map((time, i) => time - at[i]!);
      expect(pauses).toEqual([100, 200, 400, 400, 400]);
      expect(followed.errors).toHaveLength(6);
    } finally {
      vi.restoreAllMocks();
      vi.useRealTimers();
    }
  });

  it.each([
    [undefined, 60_000],
    [200, 10_000],
    [20_000, 20_000],
    [600_000, 60_000],
  ])("that is polled every %s ms pauses %s ms at most", async (everyMs, longest) => {
    vi.useFakeTimers();
    vi.spyOn(Math, "random").mockReturnValue(1);
    try {
      const at: number[] = [];
      using _followed = follow(() => {
        at.push(Date.now());
        return Promise.reject(new Error("Away"));
      }, { retryMs: 1_000, ...everyMs !== undefined && { everyMs } });
      await vi.advanceTimersByTimeAsync(300_000);
      const pauses = at.slice(1).map((time, i) => time - at[i]!);
      expect(pauses[0]).toBe(1_000);
      expect(Math.max(...pauses)).toBe(longest);
    } finally {
      vi.restoreAllMocks();
      vi.useRealTimers();
    }
  });

  it.each<[string, unknown]>([
    ["has a promise as a snapshot", { key: "x", snapshot: Promise.resolve([B]) }],
    ["has something else than resources", { key: "x", snapshot: [{ name: "a" }] }],
    ["has a resource that cannot be encoded", {
      key: "x",
      snapshot: [cluster({ name: "b", connectTimeout: { nanos: 1.5 } })],
    }],
  ])("refuses what %s, and publishes the rest of the pass", async (_, bad) => {
    let calls = 0;
    const first: SnapshotEvents = { key: "x", snapshot: [A] };
    using followed = follow(() => ++calls === 1 ? first : [bad, { key: "y", snapshot: [B] }] as SnapshotEvents, {
      everyMs: 1,
    });
    await vi.waitFor(() => expect(followed.names("y")).toEqual(["b"]));
    await vi.waitFor(() => expect(followed.errors.length).toBeGreaterThan(0));
    expect(followed.names("x")).toEqual(["a"]);
    expect(followed.errors[0]).toBeInstanceOf(Error);
  });

  it.each<[string, unknown]>([
    ["is no event", 1],
    ["is null", null],
    ["has no key", { snapshot: [A] }],
    ["has nothing but a key", { key: "x" }],
  ])("ends a pass at what %s, and calls the source again", async (_, bad) => {
    const passes = [[{ key: "x", snapshot: [A] }, bad], [{ key: "x", snapshot: [B] }]];
    using followed = follow(() => (passes.shift() ?? []) as SnapshotEvents);
    await vi.waitFor(() => expect(followed.names()).toEqual(["b"]));
    expect(followed.errors.map(String)).toEqual([expect.stringContaining("Cannot read an event of the source")]);
  });

  it("is ready though a snapshot was refused: the clients of others are served", async () => {
    const events = [{ key: "x", snapshot: [A] }, { key: "y", snapshot: [B] }];
    const problem = {
      severity: "error",
      typeUrl: CLUSTER_TYPE,
      resource: "a",
      path: "",
      rule: "test",
      message: "Bad",
    } as const;
    const admit: Admit = ({ update }) => update.includes(A) ? [problem] : [];
    using followed = follow(() => events, { everyMs: 1_000, admit });
    await followed.cache.ready;
    expect(followed.names("y")).toEqual(["b"]);
  });

  it("continues with an iterable after an event that it cannot publish", async () => {
    async function* events() {
      yield { key: "x" } as SnapshotEvents;
      yield { key: "x", snapshot: [A] };
    }
    using followed = follow(events());
    await vi.waitFor(() => expect(followed.names()).toEqual(["a"]));
    expect(followed.errors).toHaveLength(1);
    await vi.waitFor(() => expect(followed.cache.status().state).toBe("ended"));
  });

  it("aborts a poll that does not end, and polls again", async () => {
    const aborted = vi.fn();
    let calls = 0;
    using followed = follow(({ signal }) => {
      if (++calls > 1) return { key: "x", snapshot: [A] };
      signal.addEventListener("abort", aborted);
      return new Promise<SnapshotEvents>(() => {});
    }, { everyMs: 1, timeoutMs: 10 });
    await vi.waitFor(() => expect(followed.names()).toEqual(["a"]));
    expect(aborted).toHaveBeenCalled();
    expect(String(followed.errors[0])).toBe("Error: The source has not ended within 10 ms");
  });

  it("ends its source when it is closed, and does not call it again", async () => {
    const ended = vi.fn();
    const source = vi.fn(async function* ({ signal }: { signal: AbortSignal }) {
      try {
        yield [];
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      } finally {
        ended();
      }
    });
    const { cache } = follow(source, { everyMs: 1 });
    await vi.waitFor(() => expect(source).toHaveBeenCalled());
    cache.close();
    cache.close();
    await vi.waitFor(() => expect(ended).toHaveBeenCalled());
    await expect(cache.ready).rejects.toThrow("The cache was closed before its source was ready");
    expect(cache.status().state).toBe("closed");
    expect(source).toHaveBeenCalledTimes(1);
  });

  it("reports to the console unless it is given onError", async () => {
    const error = vi.spyOn(console, "error").mockImplementation(() => {});
    using cache = snapshotsFrom(() => Promise.reject(new Error("Away")));
    await vi.waitFor(() => expect(error).toHaveBeenCalledTimes(1));
    expect(cache.status().failures).toBe(1);
    error.mockRestore();
  });

  it("refuses options that are no times", () => {
    expect(() => snapshotsFrom(() => [], { everyMs: NaN })).toThrow(
      "everyMs must be a number of milliseconds, not NaN",
    );
    expect(() => snapshotsFrom(() => [], { retryMs: -1 })).toThrow("retryMs");
  });
});
