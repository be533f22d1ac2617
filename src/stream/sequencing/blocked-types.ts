/**
 * The types of a stream whose changes are blocked by another type, and since when.
 *
 * Invariant: a type is blocked from when its gate is first found closed until it is sent; it is released `holdBackMs` after
 * the beginning.
 */
export class BlockedTypes {
  readonly #holdBackMs: number;
  readonly #since = new Map<string, number>();
  readonly #released = new Set<string>();

  constructor(holdBackMs: number) {
    this.#holdBackMs = holdBackMs;
  }

  /** The blocked types, those released included. */
  get typeUrls(): Iterable<string> {
    return this.#since.keys();
  }

  /** When the next type is released; Infinity for none. */
  get nextRelease(): number {
    let first = Infinity;
    for (const [typeUrl, since] of this.#since) if (!this.#released.has(typeUrl)) first = Math.min(first, since);
    return first + this.#holdBackMs;
  }

  /** Since when a type is blocked; undefined if it is not. */
  since(typeUrl: string): number | undefined {
    return this.#since.get(typeUrl);
  }

  isReleased(typeUrl: string): boolean {
    return this.#released.has(typeUrl);
  }

  /** @returns whether the type was not blocked before */
  begin(typeUrl: string, now: number): boolean {
    if (this.#since.has(typeUrl)) return false;
    this.#since.set(typeUrl, now);
    return true;
  }

  /** Releases a type whose time is over. @returns whether this has released it */
  release(typeUrl: string, now: number): boolean {
    if (this.#released.has(typeUrl) || this.#since.get(typeUrl)! + this.#holdBackMs > now) return false;
    this.#released.add(typeUrl);
    return true;
  }

  /** @returns whether the type was blocked */
  end(typeUrl: string): boolean {
    this.#released.delete(typeUrl);
    return this.#since.delete(typeUrl);
  }
}
