import type { Cache, Watch, Watcher, WatchRequest } from "./cache.ts";
import { uselessResult } from "./rejection.ts";

/**
 * Opens a watch of a cache that may be the user's own.
 *
 * @throws TypeError if the cache returns something else, such as the promise of a watch, which is closed when it comes
 */
export function openWatch(cache: Cache, request: WatchRequest, watcher: Watcher): Watch {
  const watch: unknown = cache.watch(request, watcher);
  if (isWatch(watch)) return watch;
  closeLate(watch);
  throw uselessResult(watch, "Cannot watch: the cache must return a watch");
}

function isWatch(value: unknown): value is Watch {
  if (typeof value !== "object" || value === null) return false;
  const { close, subscriptionChanged } = value as Partial<Watch>;
  return typeof close === "function" && typeof subscriptionChanged === "function";
}

function closeLate(promise: unknown): void {
  if (!(promise instanceof Promise)) return;
  promise.then((watch) => isWatch(watch) && watch.close()).catch(() => {});
}
