/**
 * Calls back after a time, in milliseconds, in which a peer could have shown that it lives. If the timer fires late, the
 * event loop stood still, and what the peer has sent is not read yet: then it gets the whole time once more.
 *
 * @returns cancels it
 */
export function afterPatience(ms: number, callback: () => void): () => void {
  let dueAt = performance.now() + ms;
  let timer = setTimeout(expire, ms).unref();
  function expire(): void {
    const now = performance.now();
    const isLate = now - dueAt > LATE_MS;
    dueAt = now + ms;
    // Otherwise what arrived in the last moment is read first.
    timer = isLate ? setTimeout(expire, ms).unref() : setTimeout(callback, 0).unref();
  }
  return () => clearTimeout(timer);
}

const LATE_MS = 500;
