import { checkOptions, normalName, type OptionNames, type Resource } from "../resource/mod.ts";
import type { Admit } from "./admit.ts";
import { admitChange, admitReplacement } from "./admit-change.ts";
import type { Cache, SubscriptionChange, Watch, WatchRequest } from "./cache.ts";
import { Burst } from "./burst.ts";
import { encodeAll } from "./encode-all.ts";
import { LiveView } from "./live-view.ts";
import { guardedAbort } from "./guarded-abort.ts";
import { pause } from "./pause.ts";
import { uselessResult } from "./rejection.ts";
import { ignoreErrors } from "./watch-errors.ts";
import { RequestedNames } from "./requested-names.ts";

/** An event of a source: all resources of the type, or the difference to those before. */
export type CacheEvent =
  | { readonly resources: Iterable<Resource> }
  | { readonly update?: Iterable<Resource>; readonly remove?: Iterable<string> };

/**
 * A backend: the resources of one type for one client, as events. It is called once for each stream and type, and again
 * after an error. `request.subscription` has the present subscription; resources that it does not match are not sent.
 */
export type CacheSource = (request: WatchRequest, options: CacheSourceOptions) => AsyncIterable<CacheEvent>;

/** What a source is called with, beside the request. */
export interface CacheSourceOptions {
  /** Aborted when the client has disconnected. */
  readonly signal: AbortSignal;
  /**
   * Batches of names to load: first the names of the subscription, which may be none, then those subscribed since.
   * Pulling the next batch declares the previous one complete: names without a resource by then are reported as missing,
   * and not before. It never contains `*`; when `request.subscription.wildcard` is set there is a batch, which may be
   * empty. Single use.
   */
  readonly asked: AsyncIterable<readonly string[]>;
}

/** Options of {@link cacheFrom}. */
export interface CacheFromOptions {
  /**
   * Called when a source throws, and with what a listener of its `signal` throws. Clients keep their resources, and the
   * source is called again after `retryMs`. Default: the server logs the error and calls its own `onError`; without a
   * server it goes to `console.error`.
   */
  readonly onError?: (error: unknown, request: WatchRequest) => void;
  /** The time between an error of a source and its next call, in milliseconds. Default: 1000. */
  readonly retryMs?: number;
  /**
   * Looks at what an event changes. An event with an error is refused whole, which counts as an error of the source.
   * Default: all is served.
   */
  readonly admit?: Admit;
}

const OPTION_NAMES: OptionNames<CacheFromOptions> = { onError: true, retryMs: true, admit: true };

/**
 * Makes a cache of a function that returns an async iterable: a backend in ten lines, for one type or for resources that
 * are loaded by name. Each type has a source of its own, so what several types change together is not kept together: for
 * that see `snapshotsFrom`.
 *
 * Each type of each stream has a source of its own. Make-before-break between types holds as far as their events come
 * together, such as from one poll that wakes all sources; to publish types together, use a `SnapshotCache`.
 *
 * Nothing is sent before the first event. When a source ends, its clients keep their resources; when it throws, it is
 * called again.
 */
export function cacheFrom(source: CacheSource, options: CacheFromOptions = {}): Cache {
  checkOptions("make a cache of a source", options, OPTION_NAMES);
  if (typeof source !== "function") throw new TypeError("Cannot make a cache of a source: it must be a function");
  const { onError, retryMs = 1000, admit } = options;
  return {
    watch(request, watcher): Watch {
      const view = new LiveView({ ready: false });
      const report = (error: unknown) => reportError(error, request, onError);
      const abort = guardedAbort(report);
      const requested = new RequestedNames(request.subscription, (names) => view.wake(names));
      view.log.isLoading = (name) => requested.isLoading(name);
      const watch = view.watch(request, watcher);
      void follow(source, request, { view, requested, signal: abort.signal, report, retryMs, admit });
      return {
        subscriptionChanged(change: SubscriptionChange) {
          watch.subscriptionChanged(change);
          requested.change(change);
        },
        close() {
          watch.close();
          abort.abort();
        },
      };
    },
    explain: ({ node: { id } }) => `the source has given no event yet for node ${JSON.stringify(id)}`,
  };
}

/** The state of a source that is followed, and its options. */
interface Following {
  readonly view: LiveView;
  readonly requested: RequestedNames;
  readonly signal: AbortSignal;
  /** Does not throw. */
  readonly report: (error: unknown) => void;
  readonly retryMs: number;
  readonly admit: Admit | undefined;
}

async function follow(
  source: CacheSource,
  request: WatchRequest,
  { view, requested, signal, report, retryMs, admit }: Following,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const events: unknown = source(request, { signal, asked: requested.take(signal) });
      if (!isIterable(events)) throw uselessResult(events, "Cannot follow the source: it must return an iterable");
      const burst = new Burst();
      for await (const event of events) {
        if (signal.aborted) return;
        view.wake(publish(view, event, { type: request.type, admit }));
        if (burst.isLong()) await pause(0, signal);
      }
      if (!signal.aborted) requested.end();
      return;
    } catch (error) {
      if (signal.aborted) return;
      report(error);
      await pause(retryMs, signal);
    }
  }
}

function isIterable(value: unknown): value is AsyncIterable<CacheEvent> {
  return typeof value === "object" && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value);
}

function reportError(error: unknown, request: WatchRequest, onError: CacheFromOptions["onError"]): void {
  if (onError === undefined && request.onError === undefined) console.error("The source of a cache has thrown", error);
  // The source is called again, whatever these throw.
  ignoreErrors(() => onError?.(error, request));
  ignoreErrors(() => request.onError?.(error, onError !== undefined));
}

function publish(
  view: LiveView,
  event: CacheEvent,
  { type, admit }: { readonly type: string; readonly admit: Admit | undefined },
): readonly string[] {
  // An event of something else would be taken for an empty set, which deletes everything.
  if (!["resources", "update", "remove"].some((name) => name in event)) {
    throw new TypeError("Cannot read an event of the source: it must have resources, update or remove");
  }
  const { log } = view;
  if ("resources" in event) {
    const resources = new Map(checked(event.resources, type).map((resource) => [resource.name, resource]));
    if (admit !== undefined) admitReplacement(admit, { typeUrl: type, log, resources });
    return view.replace(resources);
  }
  const change = { update: checked(event.update ?? [], type), remove: listOf(event.remove ?? []).map(normalName) };
  if (admit !== undefined) admitChange(admit, { typeUrl: type, log, ...change });
  return view.apply(change);
}

function checked(resources: Iterable<Resource>, type: string): Resource[] {
  const list = listOf(resources);
  for (const { typeUrl, name } of list) {
    if (typeUrl !== type) throw new TypeError(`Cannot serve "${name}" as ${type}: it is a ${typeUrl}`);
  }
  return encodeAll(list);
}

function listOf<T>(items: Iterable<T>): T[] {
  if (typeof items?.[Symbol.iterator] === "function") return [...items];
  throw uselessResult(items, "Cannot read an event of the source: its parts must be iterable");
}
