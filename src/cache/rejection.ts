/**
 * Passes on the rejection of what code of the user has returned where no promise is expected. Types allow an async
 * function there, or its author has no types; a rejection that is not handled ends the process.
 *
 * @param report - called with the reason, at most once
 */
export function onRejection(result: unknown, report: (reason: unknown) => void): void {
  if (typeof result !== "object" || result === null) return;
  try {
    if ("then" in result && typeof result.then === "function") Promise.resolve(result).catch(report);
  } catch {
    // It cannot be read, so it is no promise.
  }
}

/**
 * The error for a result that is of no use. If it is a promise, its rejection is ignored: the error says enough.
 *
 * @param what - such as `Cannot watch: the cache must return a watch`
 */
export function uselessResult(result: unknown, what: string): TypeError {
  onRejection(result, () => {});
  return new TypeError(isPromise(result) ? `${what}, not a promise` : what);
}

function isPromise(result: unknown): boolean {
  try {
    return result instanceof Promise;
  } catch {
    return false;
  }
}
