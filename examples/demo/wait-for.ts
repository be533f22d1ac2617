import { setTimeout as delay } from "node:timers/promises";

/** How long to wait, and how often to look. */
export interface WaitOptions {
  /** Default: 20,000. */
  readonly timeoutMs?: number;
  /** Default: 20. */
  readonly intervalMs?: number;
}

/**
 * Calls `probe` until it no longer throws, and gives what it returns. What it throws says how things stand, so that a
 * wait in vain ends with the last state.
 *
 * @param what - what is waited for, as in "Timed out waiting for …"
 */
export async function waitFor<T>(
  what: string,
  probe: () => T | Promise<T>,
  { timeoutMs = 20_000, intervalMs = 20 }: WaitOptions = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await probe();
    } catch (error) {
      if (performance.now() > deadline) {
        const last = error instanceof Error ? error.message : String(error);
        throw new Error(`Timed out after ${timeoutMs / 1000} s waiting for ${what}. The last state: ${last}`, {
          cause: error,
        });
      }
    }
    await delay(intervalMs);
  }
}
