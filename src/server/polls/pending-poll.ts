import { Code, ConnectError } from "@connectrpc/connect";
import type { Node } from "../../../gen/envoy/config/core/v3/base_pb.ts";
import type { Cache, View, Watch } from "../../cache/mod.ts";
import { isGlob } from "../../resource/mod.ts";
import { type Fetched, membersOf, readView, type Wanted } from "./poll-result.ts";

/** How long a poll may wait, in milliseconds. */
export interface FetchWaits {
  /** For a cache that does not answer at once. */
  readonly waitMs: number;
  /** For a change, if the client has everything. */
  readonly longPollMs: number;
}

/** What a {@link PendingFetch} needs. */
export interface PendingFetchOptions extends FetchWaits, Wanted {
  readonly cache: Cache;
  readonly node: Node;
  readonly type: string;
  /** Called once, when the client is answered: with what is new to it, or undefined. */
  readonly resolve: (fetched: Fetched | undefined) => void;
  readonly reject: (reason: unknown) => void;
}

/** A watch that is closed as soon as there is an answer. */
export class PendingFetch {
  readonly #options: PendingFetchOptions;
  #view: View | undefined = undefined;
  #watch: Watch | undefined = undefined;
  #timer: ReturnType<typeof setTimeout> | undefined = undefined;
  /** The cache loads what it is asked for, and may not have given all of it. */
  #loading = false;
  #looksSoon = false;
  #ended = false;

  constructor(options: PendingFetchOptions) {
    this.#options = options;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Asks the cache. Does not throw. */
  start(): void {
    const { cache, node, type, names, waitMs, longPollMs } = this.#options;
    const wanted = names ?? NO_NAMES;
    const collections = new Set([...wanted].filter(isGlob));
    const subscription = { wildcard: names === undefined, names: wanted, collections };
    try {
      this.#watch = cache.watch({ node, type, subscription }, (view) => this.#see(view));
    } catch (error) {
      return this.end(error);
    }
    // What a cache gives at once is all that it has.
    this.#loading = this.#view === undefined;
    if (!this.#loading) this.#look();
    if (this.#ended) return;
    this.#timer = this.#loading
      ? setTimeout(() => this.#stopLoading(), waitMs)
      : setTimeout(() => this.giveUp(), longPollMs);
  }

  /** Answers with what there is. */
  giveUp(): void {
    if (this.#view === undefined) return this.end(unknown());
    this.#loading = false;
    this.#look(true);
  }

  /** Refuses, if there is no answer yet. */
  end(reason: unknown): void {
    this.#settle(() => this.#options.reject(reason));
  }

  #see(view: View): void {
    this.#view = view;
    // By then all of a publication can be seen, and none of its other readers waits for this one.
    if (this.#watch !== undefined && !this.#looksSoon) queueMicrotask(() => this.#look());
    this.#looksSoon = true;
  }

  #look(last = false): void {
    this.#looksSoon = false;
    if (this.#ended || (this.#loading && this.#lacksSome())) return;
    try {
      const fetched = readView(this.#view!, this.#options);
      if (fetched === undefined && !last && this.#options.longPollMs > 0) return;
      this.#settle(() => this.#options.resolve(fetched));
    } catch (error) { // a cache may be the user's own
      this.end(error);
    }
  }

  #stopLoading(): void {
    const { waitMs, longPollMs } = this.#options;
    if (longPollMs <= waitMs) return this.giveUp();
    this.#loading = false;
    this.#timer = setTimeout(() => this.giveUp(), longPollMs - waitMs);
    if (this.#view !== undefined) this.#look();
  }

  #lacksSome(): boolean {
    for (const name of this.#options.names ?? NO_NAMES) if (membersOf(name, this.#view!).length === 0) return true;
    return false;
  }

  #settle(answer: () => void): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    try {
      this.#watch?.close();
      answer();
    } catch (error) {
      this.#options.reject(error);
    }
  }
}

const NO_NAMES: ReadonlySet<string> = new Set();

function unknown(): ConnectError {
  return new ConnectError("Cannot answer: there is no configuration for this node", Code.NotFound);
}
