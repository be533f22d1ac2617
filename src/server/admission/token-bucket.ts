/**
 * Limits a rate. It has no timer: tokens are counted when one is taken.
 *
 * Invariant: `0 <= #tokens <= #burst`.
 */
export class TokenBucket {
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #countedAt = performance.now();

  /** @param perSecond - Infinity for no limit. A tenth of it may be taken at once */
  constructor(perSecond: number) {
    this.#perMs = perSecond / 1000;
    this.#burst = Math.max(Math.min(1, perSecond), perSecond / 10);
    this.#tokens = this.#burst;
  }

  /** Takes a token, if there is one. */
  take(now: number): boolean {
    if (this.#perMs === Infinity) return true;
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#countedAt) * this.#perMs);
    this.#countedAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
