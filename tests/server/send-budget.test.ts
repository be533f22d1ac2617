import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Backlog, type Laggard } from "../../src/server/streams/send-budget.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

class Stream implements Laggard {
  readonly backlog: Backlog;
  readonly frames: Uint8Array[] = [];
  flushed = 0;
  wasCut: number | undefined = undefined;

  constructor(backlog: Backlog) {
    this.backlog = backlog;
  }

  write(frame: Uint8Array): void {
    this.frames.push(frame);
    this.backlog.add(this, frame);
  }

  sent(): void {
    this.backlog.remove(this, this.frames.shift()!, this.frames.length);
  }

  flush(): void {
    this.flushed++;
  }

  cut(stalledMs: number): void {
    this.wasCut = stalledMs;
    this.backlog.forget(this);
    for (const frame of this.frames.splice(0)) this.backlog.remove(this, frame, 0);
  }
}

function make({ maxBytes = 1000, stallTimeoutMs = 60_000 } = {}) {
  const backlog = new Backlog({ maxBytes, stallTimeoutMs });
  return { backlog, a: new Stream(backlog), b: new Stream(backlog), c: new Stream(backlog) };
}

describe("Backlog", () => {
  it("counts what several streams share once", () => {
    const { backlog, a, b } = make();
    const frame = new Uint8Array(100);
    a.write(frame);
    b.write(frame);
    b.write(new Uint8Array(7));
    expect(backlog.unsent).toEqual({ streams: 2, bytes: 107, cut: 0 });
    a.sent();
    expect(backlog.unsent).toEqual({ streams: 1, bytes: 107, cut: 0 });
    b.sent();
    b.sent();
    expect(backlog.unsent).toEqual({ streams: 0, bytes: 0, cut: 0 });
  });

  it("D-02 cuts off a stream that makes no progress for too long, and no other", () => {
    const { backlog, a, b, c } = make();
    a.write(new Uint8Array(1));
    vi.advanceTimersByTime(1000);
    b.write(new Uint8Array(1));
    c.write(new Uint8Array(1));
    vi.advanceTimersByTime(40_000);
    backlog.progress(b);
    c.sent();
    c.write(new Uint8Array(1));
    vi.advanceTimersByTime(18_999);
    expect(a.wasCut).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(a.wasCut).toBeGreaterThanOrEqual(60_000);
    vi.advanceTimersByTime(40_999);
    expect([b.wasCut, c.wasCut]).toEqual([undefined, undefined]);
    vi.advanceTimersByTime(2);
    expect([b.wasCut, c.wasCut]).not.toContain(undefined);
    expect(backlog.unsent).toEqual({ streams: 0, bytes: 0, cut: 3 });
  });

  it("D-02 does not take more to write for progress", () => {
    const { a } = make();
    a.write(new Uint8Array(1));
    vi.advanceTimersByTime(59_999);
    a.write(new Uint8Array(1));
    vi.advanceTimersByTime(1);
    expect(a.wasCut).toBeDefined();
  });

  it("D-01b holds streams back while there is too much, and goes on with them", () => {
    const { backlog, a, b } = make();
    expect(backlog.admits(a)).toBe(true);
    a.write(new Uint8Array(1000));
    expect(backlog.admits(b)).toBe(false);
    expect(b.flushed).toBe(0);
    a.sent();
    expect(b.flushed).toBe(1);
    expect(backlog.admits(b)).toBe(true);
  });

  it("D-01b cuts off who has stalled for the longest while there is too much, until there is not", () => {
    const { backlog, a, b, c } = make();
    a.write(new Uint8Array(600));
    vi.advanceTimersByTime(500);
    b.write(new Uint8Array(600));
    expect(backlog.admits(c)).toBe(false);
    vi.advanceTimersByTime(499);
    expect(a.wasCut).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(a.wasCut).toBeGreaterThanOrEqual(1000);
    expect(c.flushed).toBe(1);
    vi.advanceTimersByTime(59_000);
    expect(b.wasCut).toBeUndefined();
  });

  it("leaves no timer behind", () => {
    const { a, b } = make();
    a.write(new Uint8Array(1));
    b.write(new Uint8Array(1));
    expect(vi.getTimerCount()).toBe(1);
    a.sent();
    b.cut(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
