import type { Resource } from "../resource/mod.ts";
import type { Watch, Watcher, WatchRequest } from "./cache.ts";
import { type Change, ResourceLog } from "./resource-log.ts";
import { WatchIndex } from "./watch-index.ts";

/**
 * The resources of one type and the watches of them: the part that all caches of this library are built of.
 *
 * Invariant: no watcher is called before the view is ready, and a change is complete before `wake` calls watchers.
 */
export class LiveView {
  /** The view that watchers are called with. */
  readonly log: ResourceLog = new ResourceLog();
  readonly #index = new WatchIndex();
  /** Whether the resources were published, even if there are none. */
  #ready: boolean;

  /** @param options.ready - whether an empty view is published already */
  constructor(options: { readonly ready: boolean }) {
    this.#ready = options.ready;
  }

  /** The number of open watches. */
  get watches(): number {
    return this.#index.size;
  }

  /** Opens a watch, and calls its watcher if the view is ready. @param onClose - called once when it is closed */
  watch({ subscription }: WatchRequest, watcher: Watcher, onClose?: () => void): Watch {
    const watch = this.#index.open(subscription, watcher, onClose);
    if (this.#ready) watcher(this.log);
    return watch;
  }

  /** Changes the resources. @returns the names that changed, for `wake` */
  apply(change: Change): readonly string[] {
    return this.log.apply(change);
  }

  /** Makes the resources equal to the given ones. @returns the names that changed, for `wake` */
  replace(resources: ReadonlyMap<string, Resource>): readonly string[] {
    return this.log.replace(resources);
  }

  /** Withdraws the publication: new watchers are not called until the next `wake`. */
  withdraw(): void {
    this.#ready = false;
  }

  /** Calls the watchers of any of the names; all watchers if the view was not ready before. */
  wake(changed: readonly string[]): void {
    if (this.#ready) return this.#index.wake(changed, this.log);
    this.#ready = true;
    this.#index.wakeAll(this.log);
  }
}
