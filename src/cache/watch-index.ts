import type { Subscription, SubscriptionChange, View, Watch, Watcher } from "./cache.ts";

/** The open watches of one view, found by what they want, so that a change wakes those alone that it concerns. */
export class WatchIndex {
  readonly #byName = new Map<string, Set<IndexedWatch>>();
  readonly #wildcard = new Set<IndexedWatch>();
  readonly #all = new Set<IndexedWatch>();

  /** How many watches are open. */
  get size(): number {
    return this.#all.size;
  }

  /** @param onClose - called once when the watch is closed */
  open(subscription: Subscription, watcher: Watcher, onClose?: () => void): Watch {
    const watch: IndexedWatch = { subscription, watcher, round: lastRound };
    let open = true;
    this.#all.add(watch);
    this.#setWildcard(watch);
    for (const name of subscription.names) this.#add(name, watch);
    return {
      subscriptionChanged: ({ added, removed }: SubscriptionChange) => {
        if (!open) return;
        this.#setWildcard(watch);
        for (const name of added) this.#add(name, watch);
        for (const name of removed) this.#remove(name, watch);
      },
      close: () => {
        if (!open) return;
        open = false;
        this.#all.delete(watch);
        this.#wildcard.delete(watch);
        for (const name of subscription.names) this.#remove(name, watch);
        onClose?.();
      },
    };
  }

  /** Calls every watcher, once. */
  wakeAll(view: View): void {
    call(this.#all, view, ++lastRound);
  }

  /** Calls each watcher that wants any of the names, once. */
  wake(names: readonly string[], view: View): void {
    if (names.length === 0 || this.#all.size === 0) return;
    const round = ++lastRound;
    call(this.#wildcard, view, round);
    if (this.#byName.size === 0) return;
    for (const name of names) {
      const watches = this.#byName.get(name);
      if (watches !== undefined) call(watches, view, round);
    }
  }

  #setWildcard(watch: IndexedWatch): void {
    if (watch.subscription.wildcard) this.#wildcard.add(watch);
    else this.#wildcard.delete(watch);
  }

  #add(name: string, watch: IndexedWatch): void {
    const watches = this.#byName.get(name);
    if (watches === undefined) this.#byName.set(name, new Set([watch]));
    else watches.add(watch);
  }

  #remove(name: string, watch: IndexedWatch): void {
    const watches = this.#byName.get(name);
    if (watches?.delete(watch) && watches.size === 0) this.#byName.delete(name);
  }
}

interface IndexedWatch {
  readonly subscription: Subscription;
  readonly watcher: Watcher;
  /** The last round of waking in which it was called, or in which it was opened: then it has seen what is new. */
  round: number;
}

let lastRound = 0;

/** Calls those that were not called in this round or in one that began within it. */
function call(watches: Iterable<IndexedWatch>, view: View, round: number): void {
  for (const watch of watches) {
    if (watch.round >= round) continue;
    watch.round = round;
    watch.watcher(view);
  }
}
