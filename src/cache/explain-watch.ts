import type { Cache, WatchRequest } from "./cache.ts";
import { onRejection } from "./rejection.ts";

/** Why a watch has no view, as its cache says; undefined where it does not. The cache may be the user's own. */
export function explainWatch(cache: Cache, request: WatchRequest): string | undefined {
  try {
    const text: unknown = cache.explain?.(request);
    onRejection(text, () => {});
    return typeof text === "string" ? text : undefined;
  } catch {
    return undefined; // that it explains nothing is no fault of the configuration
  }
}
