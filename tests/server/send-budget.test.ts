import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type BufferedStream, SendBudget } from "../../src/server/streams/send-budget.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

class Stream implements BufferedStream {
  readonly budget: SendBudget;
  readonly frames: Uint8Array[] = [];
  flushed = 0;
  /** How long it had stalled when it was closed. */
  closedAfterMs: number | undefined = undefined;

  constructor(budget: SendBudget) {
    this.budget = budget;
  }

  write(frame: Uint8Array): void {
    this.frames.push(frame);
    this.budget.add(this, frame);
  }

  sent(): void {
    this.budget.release(this, this.frames.shift()!, this.frames.length);
  }

  flush(): void {
    this.flushed++;
  }

  closeStalled(stalledMs: number): void {
    this.closedAfterMs = stalledMs;
    this.budget.remove(this);
    for (const frame of this.frames.splice(0)) this.budget.release(this, frame, 0);
  }
}

function make({ maxBytes = 1000, stallTimeoutMs = 60_000 } = {}) {
  const budget = new SendBudget({ maxBytes, stallTimeoutMs });
  return { budget, a: new Stream(budget), b: new Stream(budget), c: new Stream(budget) };
}

describe("SendBudget", () => {
  it("counts a frame that several streams share once", () => {
    const { budget, a, b } = make();
    const frame = new Uint8Array(100);
    a.write(frame);
    b.write(frame);
    b.write(new Uint8Array(7));
    expect(budget.unsent).toEqual({ streams: 2, bytes: 107, stalledClosed: 0 });
    a.sent();
    expect(budget.unsent).toEqual({ streams: 1, bytes: 107, stalledClosed: 0 });
    b.sent();
    b.sent();
    expect(budget.unsent).toEqual({ streams: 0, bytes: 0, stalledClosed: 0 });
  });

  it("D-02 closes a stream that makes no progress for too long, and no other", () => {
    const { budget, a, b, c } = make();
    a.write(new Uint8Array(1));
    vi.advanceTimersByTime(1000);
    b.write(new Uint8Array(1));
    c.write(new Uint8Array(1));
    vi.advanceTimersByTime(40_000);
    budget.progress(b);
    c.sent();
    c.write(new Uint8Array(1));
    vi.advanceTimersByTime(18_999);
    expect(a.closedAfterMs).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(a.closedAfterMs).toBeGreaterThanOrEqual(60_000);
    vi.advanceTimersByTime(40_999);
    expect([b.closedAfterMs, c.closedAfterMs]).toEqual([undefined, undefined]);
    vi.advanceTimersByTime(2);
    expect([b.closedAfterMs, c.closedAfterMs]).not.toContain(undefined);
    expect(budget.unsent).toEqual({ streams: 0, bytes: 0, stalledClosed: 3 });
  });

  it("D-02 does not count a further write as progress", () => {
    const { a } = make();
    a.write(new Uint8Array(1));
    vi.advanceTimersByTime(59_999);
    a.write(new Uint8Array(1));
    vi.advanceTimersByTime(1);
    expect(a.closedAfterMs).toBeDefined();
  });

  it("D-01b pauses streams while it is spent, and resumes them afterwards", () => {
    const { budget, a, b } = make();
    expect(budget.hasRoom(a)).toBe(true);
    a.write(new Uint8Array(1000));
    expect(budget.hasRoom(b)).toBe(false);
    expect(b.flushed).toBe(0);
    a.sent();
    expect(b.flushed).toBe(1);
    expect(budget.hasRoom(b)).toBe(true);
  });

  it("D-01b closes the stream that has stalled longest while it is spent, and no other afterwards", () => {
    const { budget, a, b, c } = make();
    a.write(new Uint8Array(600));
    vi.advanceTimersByTime(500);
    b.write(new Uint8Array(600));
    expect(budget.hasRoom(c)).toBe(false);
    vi.advanceTimersByTime(499);
    expect(a.closedAfterMs).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(a.closedAfterMs).toBeGreaterThanOrEqual(1000);
    expect(c.flushed).toBe(1);
    vi.advanceTimersByTime(59_000);
    expect(b.closedAfterMs).toBeUndefined();
  });

  it("D-13 gives clients their time once more after the event loop stood still", () => {
    const { a } = make();
    a.write(new Uint8Array(1));
    const { now } = performance;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now.call(performance) + 120_000);
    vi.advanceTimersByTime(60_000);
    expect(a.closedAfterMs).toBeUndefined();
    vi.advanceTimersByTime(60_001);
    expect(a.closedAfterMs).toBeGreaterThanOrEqual(60_000);
    clock.mockRestore();
  });

  it("D-02 closes what has stalled without its timer, where a runtime has ended that", () => {
    const { budget, a } = make();
    a.write(new Uint8Array(1));
    vi.clearAllTimers();
    vi.advanceTimersByTime(65_000);
    budget.closeOverdue();
    expect(a.closedAfterMs).toBeUndefined();
    vi.advanceTimersByTime(6_000);
    budget.closeOverdue();
    expect(a.closedAfterMs).toBeGreaterThanOrEqual(71_000);
    expect(budget.unsent.streams).toBe(0);
  });

  it("leaves no timer behind", () => {
    const { a, b } = make();
    a.write(new Uint8Array(1));
    b.write(new Uint8Array(1));
    expect(vi.getTimerCount()).toBe(1);
    a.sent();
    b.closeStalled(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
