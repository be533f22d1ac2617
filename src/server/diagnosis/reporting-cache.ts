import {
  type Cache,
  explainWatch,
  type Node,
  sourceErrorsOf,
  type Watch,
  type Watcher,
  type WatchRequest,
} from "../../cache/mod.ts";

/** Receives an error of a cache. @param isHandled - a handler of the user was called with it */
export type OnWatchError = (error: unknown, request: WatchRequest, isHandled: boolean) => void;

/** A cache whose watches report the errors that no call can throw. */
export class ReportingCache implements Cache {
  readonly #cache: Cache;
  readonly #onError: OnWatchError;

  /** @param onError - does not throw */
  constructor(cache: Cache, onError: OnWatchError) {
    this.#cache = cache;
    this.#onError = onError;
  }

  watch(request: WatchRequest, watcher: Watcher): Watch {
    const reporting: WatchRequest = {
      ...request,
      onError: (error, isHandled) => this.#onError(error, reporting, isHandled),
    };
    return this.#cache.watch(reporting, watcher);
  }

  explain(request: WatchRequest): string | undefined {
    return explainWatch(this.#cache, request);
  }

  sourceErrors(node?: Node): readonly string[] {
    return sourceErrorsOf(this.#cache, node);
  }
}
