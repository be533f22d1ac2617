import { Code, ConnectError } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Admission, type Arrival } from "../../src/server/admission/admission.ts";
import { type AdmissionLimits, admissionLimits } from "../../src/server/admission/admission-limits.ts";
import { FairQueue } from "../../src/server/admission/fair-queue.ts";
import { TokenBucket } from "../../src/server/admission/token-bucket.ts";
import { LimitCounter } from "../../src/server/limits/limit-counts.ts";

const LOADING = { isReady: false };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("Admission", () => {
  it("D-05 opens streams at once where there is no storm, without a timer", () => {
    const { admit, opened } = admission({ newStreamsPerSecond: 100 });
    for (let i = 0; i < 10; i++) admit("a");
    expect([opened.length, vi.getTimerCount()]).toEqual([10, 0]);
  });

  it("D-05 opens the streams of a storm at the rate, in their order, and none of them is lost", () => {
    const { admit, opened, refused, counter } = admission({ newStreamsPerSecond: 100 });
    const all = Array.from({ length: 200 }, () => admit("a"));
    expect(opened).toHaveLength(10);
    vi.advanceTimersByTime(1000);
    expect(opened.length).toBeGreaterThanOrEqual(100);
    expect(opened.length).toBeLessThanOrEqual(110);
    vi.advanceTimersByTime(1000);
    expect([opened, refused, counter.counts.newStreamsPerSecond]).toEqual([all, [], 190]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("D-05 lets an address with few streams pass one with many", () => {
    const { admit, opened } = admission({ newStreamsPerSecond: 10 });
    for (let i = 0; i < 100; i++) admit("many");
    const few = admit("few");
    vi.advanceTimersByTime(300);
    expect(opened).toContain(few);
    expect(opened.length).toBeLessThan(5);
  });

  it("D-11 opens nothing before the configuration is loaded, and everything soon after", () => {
    const { admit, opened, refused, admission: { wake }, state, counter } = admission({}, LOADING);
    admit("a");
    admit("a");
    vi.advanceTimersByTime(20_000);
    expect([opened, refused, counter.counts.newStreamsPerSecond]).toEqual([[], [], 0]);
    state.isReady = true;
    wake();
    expect([opened.length, vi.getTimerCount()]).toEqual([2, 0]);
  });

  it("D-11 refuses a stream that has waited for too long, with the reason, so that its client tries elsewhere", () => {
    const { admit, opened, refused } = admission({ queueTimeoutMs: 5_000 }, LOADING);
    admit("a");
    vi.advanceTimersByTime(4_000);
    expect(refused).toEqual([]);
    vi.advanceTimersByTime(2_000);
    expect(refused).toEqual([
      ["unavailable", "Cannot open stream: the configuration is not loaded yet (queueTimeoutMs)"],
    ]);
    expect([opened, vi.getTimerCount()]).toEqual([[], 0]);
  });

  it("D-13 does not count the time in which the event loop stood still", () => {
    const { admit, refused } = admission({ queueTimeoutMs: 5_000 }, LOADING);
    admit("a");
    const { now } = performance;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now.call(performance) + 60_000);
    vi.advanceTimersByTime(4_000);
    expect(refused).toEqual([]);
    clock.mockRestore();
  });

  it("refuses beyond maxStreams, those that wait included, and reads a function for each stream", () => {
    let max = 2;
    const { admit, refused, state } = admission({ maxStreams: () => max }, LOADING);
    admit("a");
    admit("a");
    admit("a");
    const text = "Cannot open stream: this server has the 2 streams that it may have (maxStreams)";
    expect(refused).toEqual([["unavailable", text]]);
    max = 4;
    state.open = 1;
    admit("a");
    expect(refused).toHaveLength(1);
    admit("a");
    expect(refused).toHaveLength(2);
  });

  it("refuses a stream with the error of a maxStreams that throws", () => {
    const fault = new Error("no share");
    const { admit, refused } = admission({
      maxStreams: () => {
        throw fault;
      },
    });
    admit("a");
    expect(refused).toEqual([fault]);
  });

  it.each<[string, () => unknown]>([
    ["nothing", () => undefined],
    ["a text", () => "2"],
    ["NaN", () => NaN],
    ["a promise", () => Promise.resolve(2)],
    ["a rejection", () => Promise.reject(new Error("no share"))],
  ])("refuses a stream by a maxStreams that returns %s", (_, result) => {
    const { admit, refused } = admission({ maxStreams: result as () => number });
    admit("a");
    expect(refused.map(String)).toEqual(["TypeError: Cannot open stream: maxStreams() has to return a number"]);
  });

  it("refuses beyond maxQueuedStreams the newest of the address that has most", () => {
    const { admit, refusedArrivals, refused, counter } = admission({ maxQueuedStreams: 3 }, LOADING);
    const [, , newest] = [admit("many"), admit("many"), admit("many")];
    admit("few");
    expect(refusedArrivals).toEqual([newest]);
    expect(refused[0]).toEqual([
      "unavailable",
      "Cannot open stream: the configuration is not loaded yet (maxQueuedStreams)",
    ]);
    const another = admit("many");
    expect(refusedArrivals).toEqual([newest, another]);
    expect(counter.counts.maxQueuedStreams).toBe(2);
  });

  it("refuses beyond maxQueuedBytes those of the address that holds most, soon", () => {
    const { admit, refusedArrivals, counter, admission: { status } } = admission({ maxQueuedBytes: 1_000 }, LOADING);
    const [, second] = [admit("many", 700), admit("many", 200), admit("few", 300)];
    vi.advanceTimersByTime(250);
    expect(refusedArrivals).toEqual([second]);
    expect(status()).toEqual({ streams: 2, bytes: 1_000 });
    expect(counter.counts.maxQueuedBytes).toBe(1);
  });

  it("forgets a stream whose client has disconnected", () => {
    const { admit, admission: { remove, status } } = admission({}, LOADING);
    remove(admit("a"));
    expect([status(), vi.getTimerCount()]).toEqual([{ streams: 0, bytes: 0 }, 0]);
  });

  it("refuses all that wait when the server ends", () => {
    const { admit, refused, admission: { refuseAll } } = admission({}, LOADING);
    admit("a");
    admit("b");
    refuseAll(new ConnectError("Server is shutting down", Code.Unavailable));
    expect(refused).toEqual([
      ["unavailable", "Server is shutting down"],
      ["unavailable", "Server is shutting down"],
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("TokenBucket", () => {
  it.each([
    { perSecond: 1_000, atOnce: 100, inTheNextSecond: 1_000 },
    { perSecond: 5, atOnce: 1, inTheNextSecond: 5 },
    { perSecond: 0, atOnce: 0, inTheNextSecond: 0 },
    { perSecond: Infinity, atOnce: 5_000, inTheNextSecond: 100_000 },
  ])("has $atOnce at once of $perSecond in a second", ({ perSecond, atOnce, inTheNextSecond }) => {
    const bucket = new TokenBucket(perSecond);
    const start = performance.now();
    const taken = (now: number, tries: number) =>
      Array.from({ length: tries }, () => bucket.take(now)).filter(Boolean).length;
    expect(taken(start, 5_000)).toBe(atOnce);
    let second = 0;
    for (let ms = 1; ms <= 1_000; ms++) second += taken(start + ms, 100);
    expect(Math.abs(second - inTheNextSecond)).toBeLessThanOrEqual(1);
  });
});

describe("FairQueue", () => {
  it("takes from each address in turn, and from each the oldest first", () => {
    const queue = new FairQueue<{ address: string; bytes: number; since: number }>();
    const [a1, a2, a3, b1, c1] = ["a", "a", "a", "b", "c"].map((address, since) => ({ address, bytes: 1, since }));
    for (const each of [a1!, a2!, a3!, b1!, c1!]) queue.push(each);
    expect([queue.size, queue.bytes]).toEqual([5, 5]);
    expect([1, 2, 3, 4, 5, 6].map(() => queue.shift())).toEqual([a1, b1, c1, a2, a3, undefined]);
    expect(queue.size).toBe(0);
  });
});

/** An admission. Before the configuration is loaded every stream waits. */
function admission(limits: Partial<AdmissionLimits>, { isReady = true } = {}) {
  const state = { isReady, open: 0 };
  const counter = new LimitCounter();
  const under = new Admission({ limits: admissionLimits(limits), readiness: state, counter });
  const opened: Arrival[] = [];
  const refusedArrivals: Arrival[] = [];
  const refused: unknown[] = [];
  function admit(address: string, bytes = 1): Arrival {
    const arrival: Arrival = {
      address,
      bytes,
      since: 0,
      wait: () => {},
      start: () => void opened.push(arrival),
      refuse(reason) {
        counter.note(reason);
        refusedArrivals.push(arrival);
        refused.push(reason instanceof ConnectError ? [Code[reason.code]!.toLowerCase(), reason.rawMessage] : reason);
      },
    };
    under.admit(arrival, state.open);
    return arrival;
  }
  return {
    admit,
    opened,
    refused,
    refusedArrivals,
    counter,
    state,
    admission: {
      wake: () => under.wake(),
      remove: (arrival: Arrival) => under.remove(arrival),
      refuseAll: (reason: ConnectError) => under.refuseAll(reason),
      status: () => under.status,
    },
  };
}
