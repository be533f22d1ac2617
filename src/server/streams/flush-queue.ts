/** A stream that may have a response to write. */
export interface Flushable {
  /** Writes what is pending. Does not throw. */
  flush(): void;
}

/**
 * Flushes in the next microtask, together with all streams that were woken by then. One publication often wakes a
 * stream several times, once for each type: it has to be visible in full before a stream reads any of it.
 */
export function scheduleFlush(target: Flushable): void {
  if (queue.size === 0) queueMicrotask(flushAll);
  queue.add(target);
}

let queue = new Set<Flushable>();

function flushAll(): void {
  const woken = queue;
  queue = new Set();
  for (const target of woken) target.flush();
}
