import { normalName, type Resource } from "../resource/mod.ts";
import { AskedNames } from "./requested-names.ts";
import type { Cache, SubscriptionChange, Watch, WatchRequest } from "./cache.ts";
import { encoded } from "./encode-all.ts";
import { LiveView } from "./live-view.ts";

/** What a source says: all that there is now, or what changed. */
export type CacheEvent =
  | { readonly resources: Iterable<Resource> }
  | { readonly update?: Iterable<Resource>; readonly remove?: Iterable<string> };

/**
 * A backend: the resources that a client should have of the type it asks for, as events. It is called once for each
 * stream and type. `request.subscription` says which names are wanted at any time; what else the source gives is not
 * sent.
 */
export type CacheSource = (request: WatchRequest, options: CacheSourceOptions) => AsyncIterable<CacheEvent>;

/** What a source may go by. */
export interface CacheSourceOptions {
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
  /**
   * For a source that finds, or makes, what is asked for: the names, all that have come since the last time together,
   * and first those of the start, be it none. When it asks for more it has said all that it knows of those before; until
   * then no client is told that they do not exist. It may be iterated over once. `["*"]` is not among them: see
   * `request.subscription.wildcard`, after each change of which there are names, too, if only none.
   */
  readonly asked: AsyncIterable<readonly string[]>;
}

/** How a cache is made of a source. */
export interface CacheFromOptions {
  /**
   * Called when a source throws. The client keeps what it has, and the source is asked again.
   * Default: nothing is called.
   */
  readonly onError?: (error: unknown, request: WatchRequest) => void;
  /** How long to wait before a source that ended with an error is asked again, in milliseconds. Default: 1000. */
  readonly retryMs?: number;
}

/**
 * Makes a cache of a function that returns an async iterable: a backend in ten lines.
 *
 * Nothing is sent before the first event. A source that ends has said all that there is to say, and the client keeps
 * it; one that throws is asked again.
 */
export function cacheFrom(source: CacheSource, { onError, retryMs = 1000 }: CacheFromOptions = {}): Cache {
  return {
    watch(request, watcher): Watch {
      const view = new LiveView({ ready: false });
      const abort = new AbortController();
      const asked = new AskedNames(request.subscription, (names) => view.wake(names));
      view.log.isLoading = (name) => asked.isLoading(name);
      const watch = view.watch(request, watcher);
      void follow(source, request, { view, asked, signal: abort.signal, onError, retryMs });
      return {
        subscriptionChanged(change: SubscriptionChange) {
          watch.subscriptionChanged(change);
          asked.change(change);
        },
        close() {
          watch.close();
          abort.abort();
        },
      };
    },
  };
}

/** What a source is followed with. */
interface Following {
  readonly view: LiveView;
  readonly asked: AskedNames;
  readonly signal: AbortSignal;
  readonly onError: CacheFromOptions["onError"];
  readonly retryMs: number;
}

async function follow(
  source: CacheSource,
  request: WatchRequest,
  { view, asked, signal, onError, retryMs }: Following,
): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const event of source(request, { signal, asked: asked.take(signal) })) {
        if (signal.aborted) return;
        view.wake(publish(view, event, request.type));
      }
      if (!signal.aborted) asked.end();
      return;
    } catch (error) {
      if (signal.aborted) return;
      onError?.(error, request);
      await pause(retryMs, signal);
    }
  }
}

function publish(view: LiveView, event: CacheEvent, type: string): readonly string[] {
  if (!("resources" in event)) {
    return view.apply({ update: checked(event.update ?? [], type), remove: [...event.remove ?? []].map(normalName) });
  }
  return view.replace(new Map(checked(event.resources, type).map((resource) => [resource.name, resource])));
}

function checked(resources: Iterable<Resource>, type: string): Resource[] {
  const list = [...resources];
  for (const { typeUrl, name } of list) {
    if (typeUrl !== type) throw new TypeError(`Cannot serve "${name}" as ${type}: it is a ${typeUrl}`);
  }
  return encoded(list);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
