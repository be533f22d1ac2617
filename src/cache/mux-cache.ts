import type { Cache, Watch, Watcher, WatchRequest } from "./cache.ts";
import { UNANSWERED } from "./inert-watch.ts";

/** Chooses the cache that answers a watch; undefined: nobody, and the watch is held. */
export type CacheSelector = (request: WatchRequest) => Cache | undefined;

/**
 * Several caches as one: by type, or by anything that a function can tell from the request.
 *
 * A type for which there is none is held unanswered; it does not end the stream, and other types go on.
 */
export class MuxCache implements Cache {
  readonly #select: CacheSelector;

  /**
   * @param caches - a cache for each type URL, or a function that chooses
   * @param options.otherwise - the cache of all other types. Default: none.
   */
  constructor(caches: Readonly<Record<string, Cache>> | CacheSelector, options: { readonly otherwise?: Cache } = {}) {
    if (typeof caches === "function") {
      this.#select = (request) => caches(request) ?? options.otherwise;
    } else {
      const byType = new Map(Object.entries(caches));
      this.#select = ({ type }) => byType.get(type) ?? options.otherwise;
    }
  }

  watch(request: WatchRequest, watcher: Watcher): Watch {
    return this.#select(request)?.watch(request, watcher) ?? UNANSWERED;
  }
}
