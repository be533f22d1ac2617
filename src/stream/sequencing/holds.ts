/**
 * The types of a stream that are held back, and since when.
 *
 * Invariant: a hold begins when a gate is first closed, is released `holdBackMs` later, and ends when the type is sent.
 */
export class Holds {
  readonly #holdBackMs: number;
  readonly #since = new Map<string, number>();
  readonly #released = new Set<string>();

  constructor(holdBackMs: number) {
    this.#holdBackMs = holdBackMs;
  }

  /** The types that are held back, those released included. */
  get held(): Iterable<string> {
    return this.#since.keys();
  }

  /** When the next hold is released; Infinity for none. */
  get nextRelease(): number {
    let first = Infinity;
    for (const [typeUrl, since] of this.#since) if (!this.#released.has(typeUrl)) first = Math.min(first, since);
    return first + this.#holdBackMs;
  }

  /** When a hold began; undefined if the type is not held back. */
  since(typeUrl: string): number | undefined {
    return this.#since.get(typeUrl);
  }

  isReleased(typeUrl: string): boolean {
    return this.#released.has(typeUrl);
  }

  /** @returns whether the type was not held back before */
  begin(typeUrl: string, now: number): boolean {
    if (this.#since.has(typeUrl)) return false;
    this.#since.set(typeUrl, now);
    return true;
  }

  /** Releases a hold whose time is over. @returns whether this has released it */
  release(typeUrl: string, now: number): boolean {
    if (this.#released.has(typeUrl) || this.#since.get(typeUrl)! + this.#holdBackMs > now) return false;
    this.#released.add(typeUrl);
    return true;
  }

  /** @returns whether the type was held back */
  end(typeUrl: string): boolean {
    this.#released.delete(typeUrl);
    return this.#since.delete(typeUrl);
  }
}
