import type { Cache, Node } from "./cache.ts";
import { onRejection } from "./rejection.ts";

/** What is wrong with where the configuration comes from, as its cache says. The cache may be the user's own. */
export function sourceErrorsOf(cache: Cache, node?: Node): readonly string[] {
  try {
    const errors: unknown = cache.sourceErrors?.(node);
    onRejection(errors, () => {});
    return Array.isArray(errors) ? errors.slice(0, MAX_ERRORS).filter((each) => typeof each === "string") : [];
  } catch {
    return []; // as for `explain`
  }
}

/** A file may have a thousand. */
const MAX_ERRORS = 100;
