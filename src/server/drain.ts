/** Options of {@link endOverTime}. */
export interface EndOptions {
  /** Milliseconds; 0 for all at once. */
  readonly overMs: number;
  /** Checked before each step: once it returns false, the remaining items are left alone. */
  readonly isNeeded: () => boolean;
}

/** Ends items in random order, spread over a time. */
export async function endOverTime<T>(
  items: readonly T[],
  end: (item: T) => void,
  { overMs, isNeeded }: EndOptions,
): Promise<void> {
  const order = shuffled(items);
  const start = performance.now();
  for (let ended = 0; ended < order.length && isNeeded();) {
    const share = overMs > 0 ? (performance.now() - start) / overMs : 1;
    const due = Math.min(order.length, Math.ceil(order.length * share));
    for (const item of order.slice(ended, due)) end(item);
    ended = Math.max(ended, due);
    if (ended < order.length) await sleep(Math.min(overMs / 10, TICK_MS * (0.5 + Math.random())));
  }
}

const TICK_MS = 25;

function shuffled<T>(items: readonly T[]): T[] {
  return items.map((item) => ({ item, key: Math.random() })).sort((a, b) => a.key - b.key).map(({ item }) => item);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
