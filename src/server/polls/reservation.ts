import { createContextKey } from "@connectrpc/connect";
import type { ContextKey } from "../connect-types.ts";
import type { BufferedStream, SendBudget } from "../streams/send-budget.ts";
import { ResponseBody } from "./response-body.ts";

/**
 * The bytes of a response that Connect is about to write: in the budget of unread bytes before they are allocated, so that
 * many polls that wait for one publication cannot all pass the check first.
 */
export class Reservation implements BufferedStream {
  readonly #budget: SendBudget;
  #frame: { readonly length: number } | undefined = undefined;

  constructor(budget: SendBudget) {
    this.#budget = budget;
  }

  /** @throws ConnectError where clients have too many bytes unread */
  take(length: number): void {
    ResponseBody.check(this.#budget);
    this.#frame = { length };
    this.#budget.add(this, this.#frame);
  }

  /** The response has been written, or failed. */
  release(): void {
    const frame = this.#frame;
    if (frame === undefined) return;
    this.#frame = undefined;
    this.#budget.remove(this);
    this.#budget.release(this, frame, 0);
  }

  flush(): void {}

  closeStalled(): void {
    this.release();
  }
}

/** The reservation of a request. */
export const RESERVATION: ContextKey<Reservation | undefined> = createContextKey<Reservation | undefined>(undefined);
