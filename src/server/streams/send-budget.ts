import type { LimitCounter } from "../limits/limit-counts.ts";

/** A response, of a stream or of a poll, with frames that its client has not read yet. */
export interface BufferedStream {
  /** Writes what is pending, as far as the budget has room. Does not throw. */
  flush(): void;
  /** Ends the response and drops its frames, because its client has read nothing for so long. Does not throw. */
  closeStalled(stalledMs: number): void;
}

/** A frame, as far as the budget is concerned. It is the same object for all that share it. */
export interface BufferedFrame {
  /** In bytes. */
  readonly length: number;
}

/** Responses that a server has written and its clients have not read yet. */
export interface Unsent {
  /** The streams and polls with unread responses, also those that have ended otherwise. */
  readonly streams: number;
  /** The memory that these responses hold, in bytes; those that several streams share count once. */
  readonly bytes: number;
  /** How many streams and polls were closed because they stalled, since the server was created. */
  readonly stalledClosed: number;
}

/** Limits of a {@link SendBudget}. */
export interface SendBudgetOptions {
  /** Buffered bytes of all streams together. */
  readonly maxBytes: number;
  /** How long a client may read nothing. */
  readonly stallTimeoutMs: number;
  /** Where closed streams are counted. */
  readonly counter?: LimitCounter;
}

/**
 * Backpressure over all streams of a server. Each buffers at most one response of each type, but these may be large, and
 * many clients may not read.
 *
 * A stream that stalls for too long is closed. While the budget is spent, streams wait before they take their next
 * response, which is the latest by then, and the stream that has stalled longest is closed soon.
 *
 * Invariants: a stream is in `#stalledSince` exactly while it has frames, longest stalled first; `#bytes` is the sum of
 * the lengths of the keys of `#frames`; while `#deferred` has streams, either the budget is spent or they are being
 * resumed.
 */
export class SendBudget {
  readonly #options: SendBudgetOptions;
  /** How many streams have a frame. */
  readonly #frames = new Map<BufferedFrame, number>();
  /** Since when a stream has made no progress. */
  readonly #stalledSince = new Map<BufferedStream, number>();
  readonly #deferred = new Set<BufferedStream>();
  #bytes = 0;
  #stalledClosed = 0;
  #timer: ReturnType<typeof setTimeout> | undefined = undefined;
  #timerAt = Infinity;

  constructor(options: SendBudgetOptions) {
    this.#options = options;
  }

  get unsent(): Unsent {
    return { streams: this.#stalledSince.size, bytes: this.#bytes, stalledClosed: this.#stalledClosed };
  }

  /** Whether the clients have so many bytes unread that nothing may be added. */
  get isSpent(): boolean {
    return this.#bytes >= this.#options.maxBytes;
  }

  /** For how long a stream has made no progress; undefined if its client has read everything. */
  stalledMs(stream: BufferedStream): number | undefined {
    const since = this.#stalledSince.get(stream);
    return since === undefined ? undefined : performance.now() - since;
  }

  /** Closes what has stalled where no timer does: on edge runtimes a timer ends with the request in which it was set. */
  closeOverdue(): void {
    if (performance.now() - this.#timerAt > LOST_MS) this.#closeStalled();
  }

  /** Whether a stream may write. If not, it is flushed once it may. */
  hasRoom(stream: BufferedStream): boolean {
    if (!this.isSpent) return true;
    this.#deferred.add(stream);
    return false;
  }

  /** A stream has buffered a frame. */
  add(stream: BufferedStream, frame: BufferedFrame): void {
    const count = this.#frames.get(frame) ?? 0;
    this.#frames.set(frame, count + 1);
    if (count === 0) this.#bytes += frame.length;
    if (!this.#stalledSince.has(stream)) this.#stalledSince.set(stream, performance.now());
    this.#schedule();
  }

  /** The client has read a part of a stream's frames, of which there must be some. */
  progress(stream: BufferedStream): void {
    this.#stalledSince.delete(stream);
    this.#stalledSince.set(stream, performance.now());
  }

  /** A frame has been sent, or dropped with its stream. `rest`: how many frames the stream still has. */
  release(stream: BufferedStream, frame: BufferedFrame, rest: number): void {
    const count = this.#frames.get(frame)! - 1;
    if (count > 0) this.#frames.set(frame, count);
    else {
      this.#frames.delete(frame);
      this.#bytes -= frame.length;
    }
    this.#stalledSince.delete(stream);
    if (rest > 0) this.#stalledSince.set(stream, performance.now());
    this.#clearTimerIfIdle();
    if (this.#deferred.size > 0) this.#resume();
  }

  /** The stream writes nothing more. Its frames stay until each is released. */
  endWrites(stream: BufferedStream): void {
    this.#deferred.delete(stream);
  }

  /** The stream is lost. Its frames are to be released afterwards. */
  remove(stream: BufferedStream): void {
    this.#stalledSince.delete(stream);
    this.#deferred.delete(stream);
    this.#clearTimerIfIdle();
  }

  /** A timer would keep a process alive that has nothing left to do. */
  #clearTimerIfIdle(): void {
    if (this.#stalledSince.size > 0 || this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerAt = Infinity;
  }

  #resume(): void {
    for (const stream of this.#deferred) {
      if (this.isSpent) return;
      this.#deferred.delete(stream);
      stream.flush();
    }
  }

  /** How long the longest stalled stream may still stall. */
  get #patienceMs(): number {
    const { stallTimeoutMs } = this.#options;
    return this.isSpent ? Math.min(stallTimeoutMs, FULL_STALL_MS) : stallTimeoutMs;
  }

  /** One timer serves all streams, and is not set anew for each message. */
  #schedule(): void {
    const [oldest] = this.#stalledSince.values();
    if (oldest === undefined) return;
    const at = oldest + this.#patienceMs;
    if (this.#timerAt <= at) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => this.#expire(), Math.max(0, Math.ceil(at - performance.now())));
    // A response that is left unread must not keep a process alive; where a client still reads, its connection does.
    (this.#timer as { unref?(): unknown }).unref?.();
  }

  #expire(): void {
    // The event loop stood still, and what clients have read meanwhile is not known yet.
    if (performance.now() - this.#timerAt > LATE_MS) this.#restart();
    this.#closeStalled();
  }

  #closeStalled(): void {
    this.#timerAt = Infinity;
    for (const [stream, since] of this.#stalledSince) {
      const stalledMs = performance.now() - since;
      if (stalledMs < this.#patienceMs) break;
      this.#stalledClosed++;
      this.#options.counter?.count(stalledMs < this.#options.stallTimeoutMs ? "maxUnsentBytes" : "stallTimeoutMs");
      this.#stalledSince.delete(stream);
      stream.closeStalled(stalledMs);
    }
    this.#schedule();
  }

  #restart(): void {
    const now = performance.now();
    for (const stream of this.#stalledSince.keys()) this.#stalledSince.set(stream, now);
  }
}

/** A timer that fires later than this says that the event loop stood still. */
const LATE_MS = 1000;

/** A timer that is overdue by so much will never fire. */
const LOST_MS = 10_000;

/** How long a stream may stall while the budget is spent: longer than a client that reads ever does. */
const FULL_STALL_MS = 1000;
