/** A promise that rejects after a time, in milliseconds, with the error that is made for it. */
export async function within<T>(ms: number, promise: Promise<T>, late: (ms: number) => Error): Promise<T> {
  const { promise: end, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(late(ms)), ms);
  try {
    return await Promise.race([promise, end]);
  } finally {
    clearTimeout(timer);
  }
}
