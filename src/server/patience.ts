/**
 * Calls back after a time, in milliseconds, in which a peer could have shown that it lives. If the timer fires late, the
 * event loop stood still, and what the peer has sent is not read yet: then it gets the whole time once more. The timer
 * does not keep a process alive.
 *
 * @returns cancels it
 */
export function afterPatience(ms: number, callback: () => void): () => void {
  let dueAt = performance.now() + ms;
  let timer = unreferenced(setTimeout(expire, ms));
  function expire(): void {
    const now = performance.now();
    const isLate = now - dueAt > LATE_MS;
    dueAt = now + ms;
    // Otherwise what arrived in the last moment is read first.
    timer = unreferenced(isLate ? setTimeout(expire, ms) : setTimeout(callback, 0));
  }
  return () => clearTimeout(timer);
}

type Timer = ReturnType<typeof setTimeout>;

/** Not every runtime has timers that can be unreferenced. */
function unreferenced(timer: Timer): Timer {
  (timer as { unref?(): unknown }).unref?.();
  return timer;
}

const LATE_MS = 500;
