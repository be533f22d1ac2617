import type { Watch, WatchRequest } from "./cache.ts";
import { onRejection } from "./rejection.ts";

/** Where an error goes. */
export interface ErrorHandling {
  /** A handler of the user; undefined for none. */
  readonly onError: ((error: unknown) => unknown) | undefined;
  /** What the console says before the error, where nothing else handles it. */
  readonly prefix: string;
}

/** The open watches of what is followed for all of them: each has its errors, for `explain()`, and one logs them. */
export class WatchErrors {
  readonly #open = new Set<WatchRequest>();

  /** Adds a watch until it is closed. @param error - that which it has at present; undefined for none */
  follow(request: WatchRequest, watch: Watch, error: unknown): Watch {
    if (request.onError === undefined) return watch;
    this.#open.add(request);
    if (error !== undefined) ignoreErrors(() => request.onError!(error, true));
    return {
      subscriptionChanged: (change) => watch.subscriptionChanged(change),
      close: () => {
        this.#open.delete(request);
        watch.close();
      },
    };
  }

  /** Reports an error to the handler of the user, or else to the server of one watch, or else to the console. */
  report(error: unknown, { onError, prefix }: ErrorHandling): void {
    if (onError === undefined && this.#open.size === 0) console.error(prefix, error);
    ignoreErrors(() => onError?.(error));
    let isHandled = onError !== undefined;
    for (const request of [...this.#open]) {
      ignoreErrors(() => request.onError!(error, isHandled));
      isHandled = true;
    }
  }
}

/** Calls a handler, whose own errors have no handler. */
export function ignoreErrors(call: () => unknown): void {
  try {
    onRejection(call(), () => {});
  } catch {
    // What reports continues.
  }
}
