import { Code, ConnectError } from "@connectrpc/connect";
import { exceeding } from "../limits/limit-counts.ts";
import type { BufferedStream, SendBudget } from "../streams/send-budget.ts";
import { SLICE_BYTES } from "../streams/slices.ts";

/**
 * The body of a response to a poll, in slices. It is in the budget of unread bytes, and closed when its client stalls, as
 * streams are.
 *
 * Invariant: the budget counts the bytes until `#isReleased`.
 */
export class ResponseBody implements BufferedStream, AsyncIterableIterator<Uint8Array> {
  readonly bytes: Uint8Array;
  readonly #budget: SendBudget;
  #at = 0;
  #isReleased = false;
  #stalled: ConnectError | undefined = undefined;
  /** Called when the client has stalled: breaks off the response. */
  onStalled: ((error: ConnectError) => void) | undefined = undefined;

  /** @throws ConnectError - unavailable if clients have so many bytes unread that no poll may be responded to */
  static check(budget: SendBudget): void {
    budget.closeOverdue();
    if (!budget.isSpent) return;
    const text = "Cannot respond: clients have too many bytes unread, poll later";
    throw exceeding("maxUnsentBytes", new ConnectError(text, Code.Unavailable));
  }

  /** Takes the bytes into the budget. */
  constructor(bytes: Uint8Array, budget: SendBudget) {
    this.bytes = bytes;
    this.#budget = budget;
    budget.add(this, bytes);
  }

  /** The next slice: the one before has been written. */
  next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#stalled !== undefined) return Promise.reject(this.#stalled);
    if (this.#at >= this.bytes.length) return this.return();
    if (this.#at > 0) this.progress();
    const value = this.bytes.subarray(this.#at, this.#at + SLICE_BYTES);
    this.#at += value.length;
    return Promise.resolve({ done: false, value });
  }

  /** The response was sent, or never will be. */
  return(): Promise<IteratorResult<Uint8Array>> {
    if (!this.#isReleased) {
      this.#isReleased = true;
      this.#budget.remove(this);
      this.#budget.release(this, this.bytes, 0);
    }
    return Promise.resolve({ done: true, value: undefined });
  }

  /** The adapter could not write. */
  throw(): Promise<IteratorResult<Uint8Array>> {
    return this.return();
  }

  /** The client has read a part of it. */
  progress(): void {
    if (!this.#isReleased) this.#budget.progress(this);
  }

  flush(): void {}

  closeStalled(stalledMs: number): void {
    this.#stalled = new ConnectError(`Client has read nothing for ${Math.round(stalledMs)} ms`, Code.ResourceExhausted);
    void this.return();
    try {
      this.onStalled?.(this.#stalled);
    } catch {
      // The response has ended already.
    }
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
