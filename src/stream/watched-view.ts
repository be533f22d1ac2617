import {
  type Cache,
  checkedView,
  onRejection,
  openWatch,
  type View,
  type Watch,
  type WatchRequest,
} from "../cache/mod.ts";
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
  readonly #onFault: (error: unknown) => void;
  #watch: Watch | undefined = undefined;
  #view: View | undefined = undefined;
  #hasMoved = false;
  #hasChanged = false;
  #isClosed = false;

  constructor(events: ViewEvents, onFault: (error: unknown) => void = () => {}) {
    this.#events = events;
    this.#onFault = onFault;
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
    if (this.#isClosed) return;
    if (this.#watch !== undefined) this.#hasMoved = true;
    const watch = openWatch(cache, request, (view) => this.#see(view));
    const former = this.#watch;
    this.#watch = watch;
    onRejection(former?.close(), this.#onFault);
    if (this.#isClosed) this.close(); // by the cache that was called
  }

  subscriptionChanged(update: SubscriptionUpdate): void {
    onRejection(this.#watch?.subscriptionChanged(update), this.#onFault);
  }

  /** The client is in sync with the view. */
  synced(): void {
    this.#hasChanged = false;
  }

  close(): void {
    const watch = this.#watch;
    this.#isClosed = true;
    this.#watch = undefined;
    onRejection(watch?.close(), this.#onFault);
  }

  /** What calls it is the cache, of which other watches are not at fault: it does not throw. */
  #see(view: View): void {
    if (this.#isClosed) return;
    try {
      this.#take(checkedView(view));
    } catch (error) {
      queueMicrotask(() => this.#onFault(error));
    }
  }

  #take(view: View): void {
    if (this.#view !== undefined && this.#view !== view) this.#events.viewReplaced(this.#view);
    this.#view = view;
    this.#hasMoved = false;
    this.#hasChanged = true;
    this.#events.viewChanged();
  }
}
