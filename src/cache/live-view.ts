import type { Resource } from "../resource/mod.ts";
import type { Watch, Watcher, WatchRequest } from "./cache.ts";
import { type Change, ResourceLog } from "./resource-log.ts";
import { WatchIndex } from "./watch-index.ts";

/** Resources of one type together with those who watch them: what every cache of this library is built of. */
export class LiveView {
  readonly log: ResourceLog = new ResourceLog();
  readonly #index = new WatchIndex();
  /** Whether there is anything to tell, be it that there is nothing. Until then watchers are not called. */
  #ready: boolean;

  constructor(options: { readonly ready: boolean }) {
    this.#ready = options.ready;
  }

  /** How many watches are open. */
  get watches(): number {
    return this.#index.size;
  }

  watch({ subscription }: WatchRequest, watcher: Watcher, onClose?: () => void): Watch {
    const watch = this.#index.open(subscription, watcher, onClose);
    if (this.#ready) watcher(this.log);
    return watch;
  }

  /** Changes the resources and returns the names that changed; nobody is told before `wake`. */
  apply(change: Change): readonly string[] {
    return this.log.apply(change);
  }

  /** Makes the resources equal to the given ones; nobody is told before `wake`. */
  replace(resources: ReadonlyMap<string, Resource>): readonly string[] {
    return this.log.replace(resources);
  }

  /** Keeps what there is from newcomers until the next `wake`. */
  hold(): void {
    this.#ready = false;
  }

  /** Tells those who watch any of the names; all of them the first time. */
  wake(changed: readonly string[]): void {
    if (this.#ready) return this.#index.wake(changed, this.log);
    this.#ready = true;
    this.#index.wakeAll(this.log);
  }
}
