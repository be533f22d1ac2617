/** The times between attempts. */
export interface Backoff {
  /** After the first error, in milliseconds; it doubles with each further one. */
  readonly retryMs: number;
  /** At most. */
  readonly maxRetryMs: number;
}

/**
 * How long to wait after so many errors, in milliseconds: at random, so that replicas which have failed together do not
 * all return together.
 */
export function backoffMs({ retryMs, maxRetryMs }: Backoff, failures: number): number {
  return Math.min(retryMs * 2 ** (failures - 1), maxRetryMs) * (0.5 + Math.random() / 2);
}

/** Waits. @returns a promise that resolves after a time, or when the signal is aborted */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}
