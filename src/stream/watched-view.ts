import type { Cache, View, Watch, WatchRequest } from "../cache/mod.ts";
import type { SubscriptionUpdate } from "./subscription.ts";

/** What follows when the cache calls a watcher. */
export interface ViewEvents {
  /** The view is about to be replaced by another. */
  viewReplaced(from: View): void;
  /** The view is there, or has changed. */
  viewChanged(): void;
}

/**
 * The watch of one type on one stream, and the view that it gave last.
 *
 * Invariant: `hasMoved` holds from when the client changed to another group until the cache gives the view of that group.
 */
export class WatchedView {
  readonly #events: ViewEvents;
  #watch: Watch | undefined = undefined;
  #view: View | undefined = undefined;
  #hasMoved = false;
  #hasChanged = false;

  constructor(events: ViewEvents) {
    this.#events = events;
  }

  /** Undefined before the cache has loaded it. */
  get view(): View | undefined {
    return this.#view;
  }

  get hasMoved(): boolean {
    return this.#hasMoved;
  }

  /** Whether the view has changed since the last response, as far as the cache can say. */
  get hasChanged(): boolean {
    return this.#hasChanged;
  }

  /** Opens a watch, and then closes the former: a cache that would give the same view again still has it. */
  open(cache: Cache, request: WatchRequest): void {
    const former = this.#watch;
    if (former !== undefined) this.#hasMoved = true;
    this.#watch = cache.watch(request, (view) => this.#see(view));
    former?.close();
  }

  subscriptionChanged(update: SubscriptionUpdate): void {
    this.#watch?.subscriptionChanged(update);
  }

  /** The client is in sync with the view. */
  synced(): void {
    this.#hasChanged = false;
  }

  close(): void {
    this.#watch?.close();
  }

  #see(view: View): void {
    if (this.#view !== undefined && this.#view !== view) this.#events.viewReplaced(this.#view);
    this.#view = view;
    this.#hasMoved = false;
    this.#hasChanged = true;
    this.#events.viewChanged();
  }
}
