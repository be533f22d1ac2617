/** Calls an asynchronous function for each item, a few at a time: a backend of identities is not to be flooded. */
export async function forEach<T>(items: Iterable<T>, call: (item: T) => Promise<void>): Promise<void> {
  const rest = items[Symbol.iterator]();
  async function work(): Promise<void> {
    for (let next = rest.next(); next.done !== true; next = rest.next()) await call(next.value);
  }
  await Promise.all(Array.from({ length: MAX_CONCURRENT }, work));
}

const MAX_CONCURRENT = 64;
