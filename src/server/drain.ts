/** How {@link spread} goes about it. */
export interface SpreadOptions {
  /** Milliseconds; 0 for all at once. */
  readonly overMs: number;
  /** Asked now and then: once it says no, the rest is not waited for. */
  readonly wanted: () => boolean;
}

/** Does something with each item, in random order and spread over a time. */
export async function spread<T>(
  items: readonly T[],
  action: (item: T) => void,
  { overMs, wanted }: SpreadOptions,
): Promise<void> {
  const order = shuffled(items);
  const start = performance.now();
  for (let done = 0; done < order.length && wanted();) {
    const share = overMs > 0 ? (performance.now() - start) / overMs : 1;
    const due = Math.min(order.length, Math.ceil(order.length * share));
    for (const item of order.slice(done, due)) action(item);
    done = Math.max(done, due);
    if (done < order.length) await sleep(Math.min(overMs / 10, TICK_MS * (0.5 + Math.random())));
  }
}

const TICK_MS = 25;

function shuffled<T>(items: readonly T[]): T[] {
  return items.map((item) => ({ item, key: Math.random() })).sort((a, b) => a.key - b.key).map(({ item }) => item);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
