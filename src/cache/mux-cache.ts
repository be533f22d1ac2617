import type { Cache, Node, Watch, Watcher, WatchRequest } from "./cache.ts";
import { INERT_WATCH } from "./inert-watch.ts";
import { uselessResult } from "./rejection.ts";
import { sourceErrorsOf } from "./source-errors.ts";

/** Chooses the cache of a watch; undefined for none, so that the watch stays open and its watcher is not called. */
export type CacheSelector = (request: WatchRequest) => Cache | undefined;

/**
 * Several caches as one, chosen by the type or by a function of the request.
 *
 * A watch without a cache stays open, and its watcher is never called; the other types of the stream are not affected.
 */
export class MuxCache implements Cache {
  readonly #select: CacheSelector;
  /** Those that are known before a watch. */
  readonly #caches: ReadonlySet<Cache>;

  /**
   * A cache that chooses one of the given caches for each watch.
   *
   * @param caches - a cache for each type URL, or a function that chooses
   * @param options.otherwise - the cache of all other watches. Default: none.
   */
  constructor(caches: Readonly<Record<string, Cache>> | CacheSelector, options: { readonly otherwise?: Cache } = {}) {
    const { otherwise } = options;
    const known = [...typeof caches === "function" ? [] : Object.values(caches), ...otherwise ? [otherwise] : []];
    this.#caches = new Set(known);
    if (typeof caches === "function") {
      this.#select = (request) => caches(request) ?? otherwise;
    } else {
      const byType = new Map(Object.entries(caches));
      this.#select = ({ type }) => byType.get(type) ?? otherwise;
    }
  }

  /** See {@link Cache.watch}. */
  watch(request: WatchRequest, watcher: Watcher): Watch {
    const cache = this.#cacheFor(request);
    return cache === undefined ? INERT_WATCH : cache.watch(request, watcher);
  }

  /** See {@link Cache.explain}. */
  explain(request: WatchRequest): string | undefined {
    const cache = this.#cacheFor(request);
    return cache === undefined ? `no cache is chosen for ${request.type}` : cache.explain?.(request);
  }

  /** See {@link Cache.sourceErrors}: those of the caches that no function chooses. */
  sourceErrors(node?: Node): readonly string[] {
    return [...this.#caches].flatMap((cache) => sourceErrorsOf(cache, node));
  }

  #cacheFor(request: WatchRequest): Cache | undefined {
    const cache = this.#select(request);
    if (cache === undefined) return undefined;
    if (typeof cache?.watch !== "function") throw uselessResult(cache, "Cannot watch: a cache must be chosen");
    return cache;
  }
}
