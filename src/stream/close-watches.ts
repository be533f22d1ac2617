import type { WatchedView } from "./watched-view.ts";

/**
 * Closes watches, all of them whatever a cache throws.
 *
 * @param onFault - called with each error but the first
 * @throws the first error
 */
export function closeWatches(
  types: Iterable<{ readonly watched: WatchedView }>,
  onFault: ((error: unknown) => void) | undefined,
): void {
  let failed = false;
  let first: unknown;
  for (const { watched } of types) {
    try {
      watched.close();
    } catch (error) {
      if (failed) onFault?.(error);
      else [failed, first] = [true, error];
    }
  }
  if (failed) throw first;
}
