/** A stream that has been given more than its client has read. */
export interface Laggard {
  /** What it waits for may be written now. Does not throw. */
  flush(): void;
  /** Ends it, with what it has not sent. Does not throw. */
  cut(stalledMs: number): void;
}

/** What a server has written and its clients have not taken yet. */
export interface Unsent {
  /** The streams that have something of it. */
  readonly streams: number;
  /** How much memory it holds; bytes that several streams share count once. */
  readonly bytes: number;
  /** How many streams were ended because they stalled, since the server began. */
  readonly cut: number;
}

export interface BacklogOptions {
  readonly maxBytes: number;
  readonly stallTimeoutMs: number;
}

/**
 * What all streams of a server have in memory for their clients to take: each at most a response for each type, but
 * these may be large, and there may be many clients that do not read.
 *
 * A client that takes nothing for too long is cut off. While there is too much altogether, streams wait before they
 * take what is new, which is then the latest; and whoever has stalled for the longest is cut off soon.
 */
export class Backlog {
  readonly #options: BacklogOptions;
  /** How many streams have a frame. */
  readonly #frames = new Map<Uint8Array, number>();
  /** Since when a stream has made no progress: the longest time first. */
  readonly #since = new Map<Laggard, number>();
  readonly #deferred = new Set<Laggard>();
  #bytes = 0;
  #cut = 0;
  #timer: ReturnType<typeof setTimeout> | undefined = undefined;
  #timerAt = Infinity;

  constructor(options: BacklogOptions) {
    this.#options = options;
  }

  get unsent(): Unsent {
    return { streams: this.#since.size, bytes: this.#bytes, cut: this.#cut };
  }

  /** Whether a stream may write. If not, it is flushed once it may. */
  admits(stream: Laggard): boolean {
    if (this.#bytes < this.#options.maxBytes) return true;
    this.#deferred.add(stream);
    return false;
  }

  /** A stream was given a frame. */
  add(stream: Laggard, frame: Uint8Array): void {
    const count = this.#frames.get(frame) ?? 0;
    this.#frames.set(frame, count + 1);
    if (count === 0) this.#bytes += frame.length;
    if (!this.#since.has(stream)) this.#since.set(stream, performance.now());
    this.#plan();
  }

  /** The client has taken a part of what the stream has. */
  progress(stream: Laggard): void {
    this.#since.delete(stream);
    this.#since.set(stream, performance.now());
  }

  /** A frame has been taken, or its stream is over. `rest`: how many the stream still has. */
  remove(stream: Laggard, frame: Uint8Array, rest: number): void {
    const count = this.#frames.get(frame)! - 1;
    if (count > 0) this.#frames.set(frame, count);
    else {
      this.#frames.delete(frame);
      this.#bytes -= frame.length;
    }
    this.#since.delete(stream);
    if (rest > 0) this.#since.set(stream, performance.now());
    this.#rest();
    if (this.#deferred.size > 0) this.#resume();
  }

  /** The stream is over, and has nothing any more. */
  forget(stream: Laggard): void {
    this.#since.delete(stream);
    this.#deferred.delete(stream);
    this.#rest();
  }

  /** Leaves no timer behind, which would keep a process alive that is done. */
  #rest(): void {
    if (this.#since.size > 0 || this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerAt = Infinity;
  }

  #resume(): void {
    for (const stream of this.#deferred) {
      if (this.#bytes >= this.#options.maxBytes) return;
      this.#deferred.delete(stream);
      stream.flush();
    }
  }

  /** How long the longest stalled stream may still stall. */
  get #patienceMs(): number {
    const { maxBytes, stallTimeoutMs } = this.#options;
    return this.#bytes < maxBytes ? stallTimeoutMs : Math.min(stallTimeoutMs, FULL_STALL_MS);
  }

  /** One timer for all streams, which is not set anew for each message. */
  #plan(): void {
    const [oldest] = this.#since.values();
    if (oldest === undefined) return;
    const at = oldest + this.#patienceMs;
    if (this.#timerAt <= at) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => this.#check(), Math.max(0, Math.ceil(at - performance.now())));
  }

  #check(): void {
    this.#timerAt = Infinity;
    for (const [stream, since] of this.#since) {
      const stalledMs = performance.now() - since;
      if (stalledMs < this.#patienceMs) break;
      this.#cut++;
      this.#since.delete(stream);
      stream.cut(stalledMs);
    }
    this.#plan();
  }
}

/** How long a stream may stall while there is too much: more than a client needs that reads. */
const FULL_STALL_MS = 1000;
