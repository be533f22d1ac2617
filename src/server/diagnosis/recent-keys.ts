/** Numbers by key, of which those that were set longest ago are forgotten. */
export class RecentKeys {
  readonly #max: number;
  readonly #values = new Map<string, number>();

  constructor(max: number) {
    this.#max = max;
  }

  get(key: string): number | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: number): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size <= this.#max) return;
    for (const oldest of this.#values.keys()) {
      this.#values.delete(oldest);
      return;
    }
  }
}
