/** Whether a server takes clients, and listeners for changes of that. */
export class HealthState {
  readonly #listeners = new Set<() => void>();
  #isServing = true;

  get isServing(): boolean {
    return this.#isServing;
  }

  /** How many calls watch it. */
  get watchers(): number {
    return this.#listeners.size;
  }

  /** Changes the state, and calls the listeners if it is another one. */
  set(isServing: boolean): void {
    if (isServing === this.#isServing) return;
    this.#isServing = isServing;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Calls a listener for each change. It must not throw. @returns a function that ends it */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
