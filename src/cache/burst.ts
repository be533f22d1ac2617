/** Events that come one after another without a pause: a source that never waits would let nothing else happen. */
export class Burst {
  /** When it began; undefined since other tasks have run. */
  #since: number | undefined = undefined;

  /** An event has come. @returns whether other tasks have to run before the next */
  isLong(): boolean {
    const now = performance.now();
    if (this.#since !== undefined) return now - this.#since > MAX_MS;
    this.#since = now;
    setTimeout(() => this.#since = undefined);
    return false;
  }
}

/** In milliseconds. */
const MAX_MS = 10;
