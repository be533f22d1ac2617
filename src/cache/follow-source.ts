import { Burst } from "./burst.ts";
import { guardedAbort } from "./guarded-abort.ts";
import { backoffMs, pause } from "./pause.ts";
import { onRejection } from "./rejection.ts";

/** An async iterable, or a function that can be called again. */
export type Pass<T> =
  | AsyncIterable<T>
  | ((options: { readonly signal: AbortSignal }) => AsyncIterable<T> | PromiseLike<T> | T);

/** When a source is called again, and where its errors go. */
export interface FollowOptions {
  readonly everyMs?: number;
  readonly timeoutMs?: number;
  readonly retryMs?: number;
  readonly maxRetryMs?: number;
  /** Does not throw. */
  readonly onError: (error: unknown) => void;
}

/** A source that is followed. */
export interface Following {
  readonly ready: Promise<void>;
  status(): FollowStatus;
  close(): void;
}

/** How a source is doing. */
export interface FollowStatus {
  readonly isReady: boolean;
  readonly state: "following" | "retrying" | "ended" | "closed";
  readonly lastEventsAt: Date | undefined;
  readonly failures: number;
  readonly error: unknown;
}

/** Publishes what a source gave; what cannot be published goes to `onError`, or is thrown. */
export type Publish<T> = (given: T, onError: (error: unknown) => void) => void;

/** Follows a source until it ends or is closed, and calls it again after errors, or by the clock. */
export function followSource<T>(source: Pass<T>, publish: Publish<T>, options: FollowOptions): Following {
  const follower = new Follower(source, publish, options);
  void follower.run();
  return follower;
}

class Follower<T> implements Following {
  readonly ready: Promise<void>;
  readonly close: () => void;
  readonly #source: Pass<T>;
  readonly #publish: Publish<T>;
  readonly #options: FollowOptions;
  readonly #abort: AbortController;
  #resolveReady: () => void = () => {};
  #isReady = false;
  #state: FollowStatus["state"] = "following";
  #lastEventsAt: Date | undefined = undefined;
  #failures = 0;
  #error: unknown = undefined;

  constructor(source: Pass<T>, publish: Publish<T>, options: FollowOptions) {
    check(options);
    this.#source = source;
    this.#publish = publish;
    this.#options = options;
    this.#abort = guardedAbort((error) => this.#report(error));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.ready = promise;
    // Only those that wait for it need to hear that it was closed.
    promise.catch(() => {});
    this.#resolveReady = resolve;
    this.close = () => {
      if (this.#abort.signal.aborted) return;
      this.#state = "closed";
      this.#abort.abort();
      reject(new Error("The cache was closed before its source was ready"));
    };
  }

  status(): FollowStatus {
    return {
      isReady: this.#isReady,
      state: this.#state,
      lastEventsAt: this.#lastEventsAt,
      failures: this.#failures,
      error: this.#error,
    };
  }

  async run(): Promise<void> {
    const { signal } = this.#abort;
    const { everyMs, retryMs = 1_000, maxRetryMs = longestPause(everyMs) } = this.#options;
    // A source that is called at once may use the cache before its maker has it.
    await Promise.resolve();
    while (!signal.aborted) {
      let waitMs = typeof this.#source === "function" ? everyMs : undefined;
      try {
        await this.#once();
      } catch (error) {
        if (signal.aborted) return;
        this.#report(error);
        // An iterable cannot be called again.
        if (typeof this.#source !== "function") return this.#end();
        this.#state = "retrying";
        waitMs = backoffMs({ retryMs, maxRetryMs }, this.#failures);
      }
      if (waitMs === undefined) return this.#end();
      await pause(waitMs, signal);
    }
  }

  #end(): void {
    if (this.#state !== "closed") this.#state = "ended";
  }

  /** Calls the source, and follows what it returns to its end. @throws what it throws, and the last error of its events */
  async #once(): Promise<void> {
    const { everyMs, timeoutMs = 30_000 } = this.#options;
    const abort = guardedAbort((error) => this.#report(error));
    const end = () => abort.abort(new Error("The source is not followed any more"));
    this.#abort.signal.addEventListener("abort", end);
    const onTimeout = () => abort.abort(new Error(`The source has not ended within ${timeoutMs} ms`));
    const timer = everyMs === undefined ? undefined : setTimeout(onTimeout, timeoutMs);
    try {
      const { signal } = abort;
      const given = typeof this.#source === "function" ? this.#source({ signal }) : this.#source;
      if (isAsyncIterable(given)) await this.#iterate(given, signal, everyMs === undefined);
      else this.#take(await unlessAborted(given, signal), true);
    } finally {
      clearTimeout(timer);
      this.#abort.signal.removeEventListener("abort", end);
      // A source that was given up may still hold something.
      abort.abort();
    }
  }

  async #iterate(given: AsyncIterable<T>, signal: AbortSignal, isOpen: boolean): Promise<void> {
    const iterator = given[Symbol.asyncIterator]();
    const burst = new Burst();
    let isDone = false;
    try {
      while (true) {
        const { done, value } = await unlessAborted(iterator.next(), signal);
        isDone = done === true;
        if (isDone) break;
        this.#take(value, isOpen);
        if (burst.isLong()) await pause(0, signal);
      }
      this.#becomeReady();
    } finally {
      // It may never return, so it is not waited for.
      if (!isDone) endOf(iterator);
    }
  }

  /**
   * Publishes what can be published.
   *
   * @throws the last error, if the source can be called again: then it says all again
   */
  #take(given: T, isWhole: boolean): void {
    if (this.#abort.signal.aborted) return;
    const errors: unknown[] = [];
    try {
      this.#publish(given, (error) => errors.push(error));
    } catch (error) {
      errors.push(error);
    }
    if (errors.length < 1) {
      this.#state = "following";
      this.#lastEventsAt = new Date();
      this.#failures = 0;
      this.#error = undefined;
    }
    // What was refused does not keep the clients of other keys waiting.
    if (isWhole) this.#becomeReady();
    const canRetry = typeof this.#source === "function" && errors.length > 0;
    for (const error of canRetry ? errors.slice(0, -1) : errors) this.#report(error);
    if (canRetry) throw errors.at(-1);
  }

  #becomeReady(): void {
    if (this.#isReady || this.#abort.signal.aborted) return;
    this.#isReady = true;
    this.#resolveReady();
  }

  #report(error: unknown): void {
    this.#failures++;
    this.#error = error;
    this.#options.onError(error);
  }
}

/** Whoever polls expects a repaired source to be noticed soon, but no sooner than it is read otherwise. */
function longestPause(everyMs: number | undefined): number {
  return everyMs === undefined ? 60_000 : Math.min(Math.max(everyMs, 10_000), 60_000);
}

function check({ everyMs, timeoutMs, retryMs, maxRetryMs }: FollowOptions): void {
  for (const [name, value] of Object.entries({ everyMs, timeoutMs, retryMs, maxRetryMs })) {
    if (value === undefined || Number.isFinite(value) && value >= 0) continue;
    throw new RangeError(`${name} must be a number of milliseconds, not ${value}`);
  }
}

function isAsyncIterable<T>(given: unknown): given is AsyncIterable<T> {
  return typeof given === "object" && given !== null && Symbol.asyncIterator in given;
}

/** @throws the reason of the signal when it is aborted first */
function unlessAborted<T>(promise: PromiseLike<T> | T, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort);
    Promise.resolve(promise).then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

function endOf(iterator: AsyncIterator<unknown>): void {
  try {
    onRejection(iterator.return?.(), () => {});
  } catch {
    // It was given up.
  }
}
