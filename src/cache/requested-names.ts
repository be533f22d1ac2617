import type { Subscription, SubscriptionChange } from "./cache.ts";

/**
 * The names that a client asks for, as a source takes them. A name that was asked for counts as looked for until the
 * source comes back for more.
 */
export class AskedNames {
  readonly #subscription: Subscription;
  readonly #onFound: (names: readonly string[]) => void;
  /** What nobody has taken yet; undefined: nothing at all, not even that everything is asked for. */
  #next: Set<string> | undefined = undefined;
  #taken: ReadonlySet<string> | undefined = undefined;
  #isTaken = false;
  #wildcard = false;
  #more = (): void => {};

  /** @param onFound - called with names of which is known all that there is to know */
  constructor(subscription: Subscription, onFound: (names: readonly string[]) => void) {
    this.#subscription = subscription;
    this.#onFound = onFound;
  }

  /** Whether a name was asked for, and the source has not said yet all that it knows of it. */
  isLoading(name: string): boolean {
    return this.#isTaken && (this.#next?.has(name) === true || this.#taken?.has(name) === true);
  }

  change({ added, removed }: SubscriptionChange): void {
    if (!this.#isTaken) return;
    const { wildcard } = this.#subscription;
    if (added.length > 0 || (wildcard && !this.#wildcard)) this.#next ??= new Set();
    this.#wildcard = wildcard;
    for (const name of removed) this.#next?.delete(name);
    for (const name of added) this.#next?.add(name);
    if (this.#next !== undefined) this.#more();
  }

  /** Gives the names in the order of the questions, all that have come meanwhile together; first those of the start. */
  async *take(signal: AbortSignal): AsyncGenerator<readonly string[], void, void> {
    this.#isTaken = true;
    this.#wildcard = this.#subscription.wildcard;
    this.#next = new Set(this.#subscription.names);
    while (!signal.aborted) {
      if (this.#next === undefined) await this.#wait(signal);
      if (this.#next === undefined) return;
      this.#taken = this.#next;
      this.#next = undefined;
      yield [...this.#taken];
      this.#found();
    }
  }

  /** Nothing more will be said. */
  end(): void {
    this.#isTaken = false;
    this.#found();
  }

  #found(): void {
    const found = [...this.#taken ?? []];
    this.#taken = undefined;
    this.#onFound(found);
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        signal.removeEventListener("abort", done);
        this.#more = () => {};
        resolve();
      };
      signal.addEventListener("abort", done);
      this.#more = done;
    });
  }
}
