import { Code, ConnectError } from "@connectrpc/connect";
import {
  type Cache,
  checkedView,
  type Node,
  onRejection,
  openWatch,
  type View,
  type Watch,
  type WatchRequest,
} from "../../cache/mod.ts";
import { isGlob } from "../../resource/mod.ts";
import { membersOf, type PollQuery, type PollResult, readView } from "./poll-result.ts";

/** How long a poll may wait, in milliseconds. */
export interface PollWaits {
  /** For a cache that has no view yet, or is loading it. */
  readonly waitMs: number;
  /** For a change, if the client is up to date. */
  readonly longPollMs: number;
}

/** What a {@link PendingPoll} needs. */
export interface PendingPollOptions extends PollWaits, PollQuery {
  readonly cache: Cache;
  readonly node: Node;
  readonly type: string;
  /** Called once, unless `reject` is: with the result, or undefined if the client is up to date. */
  readonly resolve: (result: PollResult | undefined) => void;
  readonly reject: (reason: unknown) => void;
  /** Called where the cache has no view in time. */
  readonly onNoConfiguration: (request: WatchRequest) => void;
  /** Called with an error that comes when the poll has ended. */
  readonly onLateError: (error: unknown) => void;
}

/**
 * A watch that is closed with its first result.
 *
 * Invariants: `resolve` or `reject` is called exactly once; once `#ended`, the watch is closed and no timer runs.
 */
export class PendingPoll {
  readonly #options: PendingPollOptions;
  #view: View | undefined = undefined;
  #watch: Watch | undefined = undefined;
  #timer: ReturnType<typeof setTimeout> | undefined = undefined;
  /** The cache gave no view at once, so that later views may still lack some names. */
  #loading = false;
  #readScheduled = false;
  #ended = false;

  constructor(options: PendingPollOptions) {
    this.#options = options;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Subscribes to the cache. Does not throw. */
  start(): void {
    const { cache, waitMs, longPollMs } = this.#options;
    try {
      this.#watch = openWatch(cache, this.#request(), (view) => this.#see(view));
    } catch (error) {
      return this.end(error);
    }
    this.#loading = this.#view === undefined;
    if (!this.#loading) this.#read();
    if (this.#ended) return;
    this.#timer = this.#loading
      ? setTimeout(() => this.#stopLoading(), waitMs)
      : setTimeout(() => this.expire(), longPollMs);
  }

  /** Ends the wait: resolves with the view as it is. */
  expire(): void {
    if (this.#view === undefined) {
      this.#options.onNoConfiguration(this.#request());
      return this.end(noConfiguration());
    }
    this.#loading = false;
    this.#read(true);
  }

  /** Refuses the poll, unless it has ended. */
  end(reason: unknown): void {
    this.#settle(() => this.#options.reject(reason));
  }

  #request(): WatchRequest {
    const { node, type, names = NO_NAMES } = this.#options;
    const collections = new Set([...names].filter(isGlob));
    return { node, type, subscription: { wildcard: this.#options.names === undefined, names, collections } };
  }

  #see(view: View): void {
    if (this.#ended) return;
    try {
      this.#view = checkedView(view);
    } catch (error) { // what calls it is the cache, of which other watches are not at fault
      return queueMicrotask(() => this.end(error));
    }
    // In a microtask the whole publication is visible, and no other watcher of it waits for this one.
    if (this.#watch !== undefined && !this.#readScheduled) queueMicrotask(() => this.#read());
    this.#readScheduled = true;
  }

  #read(expired = false): void {
    this.#readScheduled = false;
    if (this.#ended || this.#view === undefined) return;
    try {
      if (this.#loading && this.#lacksNames()) return;
      const result = readView(this.#view, this.#options);
      if (result === undefined && !expired && this.#options.longPollMs > 0) return;
      this.#settle(() => this.#options.resolve(result));
    } catch (error) { // a cache may be the user's own
      this.end(error);
    }
  }

  #stopLoading(): void {
    const { waitMs, longPollMs } = this.#options;
    if (longPollMs <= waitMs) return this.expire();
    this.#loading = false;
    this.#timer = setTimeout(() => this.expire(), longPollMs - waitMs);
    if (this.#view !== undefined) this.#read();
  }

  #lacksNames(): boolean {
    for (const name of this.#options.names ?? NO_NAMES) if (membersOf(name, this.#view!).length === 0) return true;
    return false;
  }

  #settle(settle: () => void): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    try {
      onRejection(this.#watch?.close(), this.#options.onLateError);
      settle();
    } catch (error) {
      this.#options.reject(error);
    }
  }
}

const NO_NAMES: ReadonlySet<string> = new Set();

function noConfiguration(): ConnectError {
  return new ConnectError("Cannot respond: there is no configuration for this node", Code.NotFound);
}
