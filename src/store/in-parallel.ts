/** How many requests to an engine are under way at a time. */
const AT_A_TIME = 64;

/** Does the same with each item, several at a time. @throws the first error; what has not begun by then is not done */
export async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  let hasFailed = false;
  const worker = async (): Promise<void> => {
    while (next < items.length && !hasFailed) {
      const i = next++;
      try {
        results[i] = await work(items[i]!);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_A_TIME, items.length) }, worker));
  return results;
}
