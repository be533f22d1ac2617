import { collectionOf } from "../resource/mod.ts";
import type { Subscription, SubscriptionChange, View, Watch, Watcher } from "./cache.ts";
import { FirstError } from "./first-error.ts";

/**
 * The open watches of one view by name, collection and wildcard, so that a change costs O(watches that match it).
 *
 * Invariants: an open watch is indexed by exactly the names, collections and wildcard of its subscription, as of the last
 * `subscriptionChanged`; a closed watch is in no index; no set of an index is empty.
 */
export class WatchIndex {
  readonly #byName: Index = new Map();
  readonly #byCollection: Index = new Map();
  readonly #wildcard = new Set<IndexedWatch>();
  readonly #all = new Set<IndexedWatch>();

  /** The number of open watches. */
  get size(): number {
    return this.#all.size;
  }

  /** Adds a watch. @param onClose - called once when it is closed */
  open(subscription: Subscription, watcher: Watcher, onClose?: () => void): Watch {
    const watch: IndexedWatch = { subscription, watcher, round: lastRound };
    let open = true;
    this.#all.add(watch);
    this.#setWildcard(watch);
    add(this.#byName, subscription.names, watch);
    add(this.#byCollection, subscription.collections, watch);
    return {
      subscriptionChanged: ({ added, removed, addedCollections, removedCollections }: SubscriptionChange) => {
        if (!open) return;
        this.#setWildcard(watch);
        add(this.#byName, added, watch);
        remove(this.#byName, removed, watch);
        add(this.#byCollection, addedCollections, watch);
        remove(this.#byCollection, removedCollections, watch);
      },
      close: () => {
        if (!open) return;
        open = false;
        this.#all.delete(watch);
        this.#wildcard.delete(watch);
        remove(this.#byName, subscription.names, watch);
        remove(this.#byCollection, subscription.collections, watch);
        onClose?.();
      },
    };
  }

  /** Calls every watcher, once. @throws the first error of a watcher, after all have been called */
  wakeAll(view: View): void {
    const round = new Round(view);
    round.call(this.#all);
    round.end();
  }

  /** Calls each watcher whose subscription matches any of the names, once. @throws as {@link wakeAll} */
  wake(names: readonly string[], view: View): void {
    if (names.length === 0 || this.#all.size === 0) return;
    const round = new Round(view);
    round.call(this.#wildcard);
    if (this.#byName.size > 0) {
      for (const name of names) round.call(this.#byName.get(name));
    }
    if (this.#byCollection.size > 0) {
      for (const collection of new Set(names.map(collectionOf))) {
        if (collection !== undefined) round.call(this.#byCollection.get(collection));
      }
    }
    round.end();
  }

  #setWildcard(watch: IndexedWatch): void {
    if (watch.subscription.wildcard) this.#wildcard.add(watch);
    else this.#wildcard.delete(watch);
  }
}

type Index = Map<string, Set<IndexedWatch>>;

function add(index: Index, keys: Iterable<string> | undefined, watch: IndexedWatch): void {
  for (const key of keys ?? []) {
    const watches = index.get(key);
    if (watches === undefined) index.set(key, new Set([watch]));
    else watches.add(watch);
  }
}

function remove(index: Index, keys: Iterable<string> | undefined, watch: IndexedWatch): void {
  for (const key of keys ?? []) {
    const watches = index.get(key);
    if (watches?.delete(watch) && watches.size === 0) index.delete(key);
  }
}

interface IndexedWatch {
  readonly subscription: Subscription;
  readonly watcher: Watcher;
  /** The last round of calls in which it was called or opened: in both cases it has read the latest. */
  round: number;
}

let lastRound = 0;

/** One change: calls watchers that were not called in this round, or in a later one that began within it. */
class Round {
  readonly #view: View;
  readonly #number = ++lastRound;
  readonly #errors = new FirstError();

  constructor(view: View) {
    this.#view = view;
  }

  call(watches: Iterable<IndexedWatch> | undefined): void {
    if (watches === undefined) return;
    for (const watch of watches) {
      if (watch.round >= this.#number) continue;
      watch.round = this.#number;
      try {
        watch.watcher(this.#view);
      } catch (error) { // others are not at fault
        this.#errors.add(error);
      }
    }
  }

  end(): void {
    this.#errors.end();
  }
}
