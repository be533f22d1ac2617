/** Events that come one after another without a pause: a source that never waits would let nothing else happen. */
export class Burst {
  /** When it began; undefined since other tasks have run. */
  #since: number | undefined = undefined;
  #count = 0;

  /** An event has come. @returns whether other tasks have to run before the next */
  isLong(): boolean {
    this.#count++;
    const now = performance.now();
    // A few events are no burst, however busy the machine is.
    if (this.#since !== undefined) return this.#count > MIN_EVENTS && now - this.#since > MAX_MS;
    this.#since = now;
    this.#count = 0;
    setTimeout(() => this.#since = undefined);
    return false;
  }
}

/** In milliseconds. */
const MAX_MS = 10;
const MIN_EVENTS = 50;
