/** Whether a server takes clients, and listeners for changes of that. */
export class HealthState {
  readonly #listeners = new Set<() => void>();
  #isReady: boolean;
  #isStopped = false;

  /** @param isReady - whether the configuration is loaded */
  constructor(isReady: boolean) {
    this.#isReady = isReady;
  }

  get isServing(): boolean {
    return this.#isReady && !this.#isStopped;
  }

  /** The configuration is loaded. */
  ready(): void {
    this.#isReady = true;
    this.#changed();
  }

  /** The server drains or is closed: it does not serve again. */
  stop(): void {
    this.#isStopped = true;
    this.#changed();
  }

  /** Calls a listener when the state may have changed. It must not throw. @returns a function that ends it */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
