import type { LimitCounter } from "../limits/limit-counts.ts";
import { ClientDisconnected } from "./client-disconnected.ts";

/** Counts the polls that were refused. */
export class Refusals {
  readonly #limits: LimitCounter;
  #count = 0;

  /** @param limits - where the limits are counted that they exceeded */
  constructor(limits: LimitCounter) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#count;
  }

  /** Counts a poll that ends with an error. */
  note(reason: unknown): void {
    if (reason instanceof ClientDisconnected) return;
    this.#count++;
    this.#limits.note(reason);
  }
}
