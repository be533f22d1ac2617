/** Limits the lines of an event that clients cause as often as they like. */
export class LogRate {
  readonly #maxPerSecond: number;
  #second = -1;
  #count = 0;
  #suppressed = 0;

  constructor(maxPerSecond: number) {
    this.#maxPerSecond = maxPerSecond;
  }

  /** Whether a line may be written now. It counts as written. */
  mayLog(): boolean {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.#second) this.#count = 0;
    this.#second = second;
    if (++this.#count <= this.#maxPerSecond) return true;
    this.#suppressed++;
    return false;
  }

  /** How many lines were not written since this was asked last. */
  takeSuppressed(): number {
    const count = this.#suppressed;
    this.#suppressed = 0;
    return count;
  }
}
