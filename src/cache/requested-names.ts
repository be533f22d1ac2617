import type { Subscription, SubscriptionChange } from "./cache.ts";

/**
 * The names of one subscription in batches, as a source takes them. A batch is loading from when its names are
 * subscribed until the source takes the next one.
 *
 * Invariant: no name is loading before the source takes the first batch, or after `end`.
 */
export class RequestedNames {
  readonly #subscription: Subscription;
  readonly #onLoaded: (names: readonly string[]) => void;
  /** The batch that the source has not taken yet, which may be empty; undefined if there is none. */
  #next: Set<string> | undefined = undefined;
  /** The batch that the source took last and is loading. */
  #loading: ReadonlySet<string> | undefined = undefined;
  /** Whether the source takes batches. */
  #isTaken = false;
  /** The wildcard of the subscription when it last changed. */
  #wildcard = false;
  /** Resumes a source that waits for a batch. */
  #resume = (): void => {};

  /** @param onLoaded - called with the names of a batch once it has been loaded */
  constructor(subscription: Subscription, onLoaded: (names: readonly string[]) => void) {
    this.#subscription = subscription;
    this.#onLoaded = onLoaded;
  }

  /** Whether the name is in a batch that has not been loaded yet. */
  isLoading(name: string): boolean {
    return this.#isTaken && (this.#next?.has(name) === true || this.#loading?.has(name) === true);
  }

  /** Follows a change of the subscription, which has happened already. */
  change({ added, removed }: SubscriptionChange): void {
    if (!this.#isTaken) return;
    const { wildcard } = this.#subscription;
    if (added.length > 0 || (wildcard && !this.#wildcard)) this.#next ??= new Set();
    this.#wildcard = wildcard;
    for (const name of removed) this.#next?.delete(name);
    for (const name of added) this.#next?.add(name);
    if (this.#next !== undefined) this.#resume();
  }

  /** The batches: the names of the subscription, then those subscribed since the last batch, in order. */
  async *take(signal: AbortSignal): AsyncGenerator<readonly string[], void, void> {
    this.#isTaken = true;
    this.#wildcard = this.#subscription.wildcard;
    this.#next = new Set(this.#subscription.names);
    while (!signal.aborted) {
      if (this.#next === undefined) await this.#wait(signal);
      if (this.#next === undefined) return;
      this.#loading = this.#next;
      this.#next = undefined;
      yield [...this.#loading];
      this.#endBatch();
    }
  }

  /** Ends loading: the source has no more events. */
  end(): void {
    this.#isTaken = false;
    this.#endBatch();
  }

  #endBatch(): void {
    const loaded = [...this.#loading ?? []];
    this.#loading = undefined;
    this.#onLoaded(loaded);
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        signal.removeEventListener("abort", done);
        this.#resume = () => {};
        resolve();
      };
      signal.addEventListener("abort", done);
      this.#resume = done;
    });
  }
}
