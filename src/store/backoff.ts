/** The times between attempts. */
export interface Backoff {
  readonly retryMs: number;
  readonly maxRetryMs: number;
}

/** Waits before the next attempt. Replicas that have failed together do not all return together. */
export function pause({ retryMs, maxRetryMs }: Backoff, failures: number, signal: AbortSignal): Promise<void> {
  const ms = Math.min(retryMs * 2 ** failures, maxRetryMs) * (0.5 + Math.random() / 2);
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
