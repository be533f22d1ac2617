import { Code, ConnectError } from "@connectrpc/connect";
import { onRejection } from "../../cache/mod.ts";
import { exceeding, type LimitCounter } from "../limits/limit-counts.ts";
import type { LimitName } from "../limits/limit-names.ts";
import { readableError } from "../readable-error.ts";
import type { AdmissionLimits } from "./admission-limits.ts";
import { FairQueue, type Queued } from "./fair-queue.ts";
import type { Readiness } from "./readiness.ts";
import { TokenBucket } from "./token-bucket.ts";

/** What an {@link Admission} needs. */
export interface AdmissionOptions {
  readonly limits: AdmissionLimits;
  readonly readiness: Pick<Readiness, "isReady">;
  readonly counter: LimitCounter;
}

/** A stream that has arrived, and is not read yet. Nothing here throws. */
export interface Arrival extends Queued {
  /** It has to wait. */
  wait(): void;
  /** Opens it. */
  start(): void;
  /** Ends it, and leads its client to another replica. */
  refuse(reason: NonNullable<unknown>): void;
}

/** The streams that wait to be opened. */
export interface StreamQueueStatus {
  /** How many there are. */
  readonly streams: number;
  /** The memory that they hold, as an estimate in bytes. */
  readonly bytes: number;
}

/**
 * Decides when new streams are opened: at a rate, and not before the configuration is loaded. Others wait, unread, in an
 * order that is fair between addresses. Without a storm there is no timer, and no queue.
 *
 * Invariant: while streams wait there is a timer.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #bucket: TokenBucket;
  readonly #queue = new FairQueue<Arrival>();
  #timer: ReturnType<typeof setTimeout> | undefined = undefined;
  #timerAt = 0;
  #checkAt = 0;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#bucket = new TokenBucket(options.limits.newStreamsPerSecond);
  }

  get status(): StreamQueueStatus {
    return { streams: this.#queue.size, bytes: this.#queue.bytes };
  }

  /** Opens a stream, lets it wait, or refuses it. @param open - the number of streams that are open */
  admit(arrival: Arrival, open: number): void {
    const { limits: { maxStreams }, readiness, counter } = this.#options;
    try {
      const max = typeof maxStreams === "function" ? numberOf(maxStreams()) : maxStreams;
      if (open + this.#queue.size >= max) return arrival.refuse(tooMany(max));
    } catch (thrown) {
      return arrival.refuse(readableError(thrown));
    }
    if (this.#queue.size === 0 && readiness.isReady && this.#bucket.take(performance.now())) return arrival.start();
    if (readiness.isReady) counter.count("newStreamsPerSecond");
    this.#enqueue(arrival);
  }

  /** The client of a stream that may be waiting has disconnected. */
  remove(arrival: Arrival): void {
    if (this.#queue.delete(arrival)) this.#stopIfIdle();
  }

  /** Something may have changed: opens what may be opened by now. */
  wake(): void {
    const { isReady } = this.#options.readiness;
    while (isReady && this.#queue.size > 0 && this.#bucket.take(performance.now())) this.#queue.shift()!.start();
    this.#stopIfIdle();
  }

  /** Refuses all that wait. */
  refuseAll(reason: ConnectError): void {
    this.#refuse([...this.#queue], () => reason);
  }

  #enqueue(arrival: Arrival): void {
    const { maxQueuedStreams } = this.#options.limits;
    arrival.since = performance.now();
    arrival.wait();
    const displaced = this.#queue.size < maxQueuedStreams ? undefined : this.#queue.displacedBy(arrival);
    if (displaced !== arrival) this.#queue.push(arrival);
    if (displaced !== undefined) this.#refuse([displaced], () => this.#busy("maxQueuedStreams"));
    this.#schedule();
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#queue.size === 0) return;
    const delayMs = this.#options.readiness.isReady ? TICK_MS : CHECK_MS;
    this.#timerAt = performance.now() + delayMs;
    this.#timer = setTimeout(() => this.#tick(), delayMs);
  }

  #tick(): void {
    const now = performance.now();
    this.#timer = undefined;
    if (now - this.#timerAt > LATE_MS) {
      // The event loop stood still, which is not the clients' fault.
      for (const arrival of this.#queue) arrival.since = now;
    }
    this.wake();
    if (now >= this.#checkAt) this.#check(now);
    this.#schedule();
  }

  /** What takes a time that grows with the queue, and is not done in each tick. */
  #check(now: number): void {
    const { maxQueuedBytes, queueTimeoutMs } = this.#options.limits;
    this.#checkAt = now + CHECK_MS;
    this.#refuse(this.#queue.waitingSince(now - queueTimeoutMs), () => this.#busy("queueTimeoutMs"));
    this.#refuse(this.#queue.excess(maxQueuedBytes), () => this.#busy("maxQueuedBytes"));
  }

  #refuse(arrivals: readonly Arrival[], reasonOf: () => ConnectError): void {
    for (const arrival of arrivals) {
      this.#queue.delete(arrival);
      arrival.refuse(reasonOf());
    }
    this.#stopIfIdle();
  }

  #stopIfIdle(): void {
    if (this.#queue.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #busy(limit: LimitName): ConnectError {
    const why = this.#options.readiness.isReady ? "too many new streams" : "the configuration is not loaded yet";
    return exceeding(limit, new ConnectError(`Cannot open stream: ${why} (${limit})`, Code.Unavailable));
  }
}

/** Often enough for a rate that looks even to clients. */
const TICK_MS = 20;
/** How exactly the timeout and the memory of the queue are kept. */
const CHECK_MS = 250;
/** A timer that fires later than this says that the event loop stood still. */
const LATE_MS = 1000;

/** Types allow no more, but a function may return anything. */
function numberOf(result: unknown): number {
  onRejection(result, () => {}); // that it is a promise is the error
  if (typeof result === "number" && !Number.isNaN(result)) return result;
  throw new TypeError("Cannot open stream: maxStreams() has to return a number");
}

function tooMany(max: number): ConnectError {
  const text = `Cannot open stream: this server has the ${max} streams that it may have (maxStreams)`;
  return exceeding("maxStreams", new ConnectError(text, Code.Unavailable));
}
