/**
 * Limits how many decisions are pending at once. Others wait in their order.
 *
 * Invariant: while something waits, no slot is free.
 */
export class DecisionSlots {
  #free: number;
  readonly #waiting = new Set<() => void>();

  /** @param max - the decisions that may be pending */
  constructor(max: number) {
    this.#free = max;
  }

  get isFull(): boolean {
    return this.#free <= 0;
  }

  /** Takes a slot, which has to be free. */
  take(): void {
    this.#free--;
  }

  /** Waits for a slot, for so many milliseconds at most. @returns whether it has one */
  wait(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const proceed = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(proceed);
        resolve(false);
      }, ms);
      this.#waiting.add(proceed);
    });
  }

  /** Gives a slot back: the one that has waited longest has it. */
  release(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free++;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
