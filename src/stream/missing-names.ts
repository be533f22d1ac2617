import { isGlob } from "../resource/mod.ts";
import type { TypeStream } from "./type-stream.ts";

/** How many names are returned, and how many are looked at. */
export interface MissingLimits {
  readonly shown: number;
  readonly looked: number;
}

/**
 * Names that the client subscribes to and that the cache has loaded, and does not have. Names of collections and aliases
 * stand for resources of other names, and are left out.
 */
export function missingNames({ subscription, watched, type }: TypeStream, { shown, looked }: MissingLimits): string[] {
  const { view, hasMoved } = watched;
  const missing: string[] = [];
  if (view === undefined || hasMoved || type?.aliases !== undefined) return missing;
  let count = 0;
  try {
    for (const name of subscription.names) {
      if (missing.length >= shown || count++ >= looked) break;
      if (view.get(name) === undefined && !isGlob(name) && view.isLoading?.(name) !== true) missing.push(name);
    }
  } catch {
    // A view of the user's own that fails ends the stream where it is read to be sent, not where it is looked at.
  }
  return missing;
}
