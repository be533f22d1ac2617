import type { Admit } from "./admit.ts";
import type { Cache, Watch, Watcher, WatchRequest } from "./cache.ts";
import { followSource, type Pass } from "./follow-source.ts";
import { onRejection, uselessResult } from "./rejection.ts";
import { Snapshot, type SnapshotChange } from "./snapshot.ts";
import type { SnapshotContent } from "./snapshot-from.ts";
import { type NodeHash, SnapshotCache, type SnapshotStatus } from "./snapshot-cache.ts";
import { WatchErrors } from "./watch-errors.ts";

/**
 * An event of a source of snapshots: what the clients of a key have from now on, of all types together; what changes of
 * it, which for a key without a snapshot is a change of an empty one; or that the key has no snapshot any more, so that its clients keep what they have until the next one.
 */
export type SnapshotEvent =
  | { readonly key: string; readonly snapshot: SnapshotContent }
  | { readonly key: string; readonly change: SnapshotChange }
  | { readonly key: string; readonly clear: true };

/** What a source gives at a time: an event, or several, or none. */
export type SnapshotEvents = SnapshotEvent | Iterable<SnapshotEvent>;

/**
 * Where snapshots come from: an async iterable, which is followed to its end and cannot be called again, or a function
 * that returns one, or that returns (a promise of) events. Keys without an event stay as they are.
 */
export type SnapshotSource = AsyncIterable<SnapshotEvents> | SnapshotSourceFunction;

/** A source that can be called again: after an error, and each time where it is polled. */
export type SnapshotSourceFunction = (
  options: SnapshotSourceOptions,
) => AsyncIterable<SnapshotEvents> | PromiseLike<SnapshotEvents> | SnapshotEvents;

/** What a source of snapshots is called with. */
export interface SnapshotSourceOptions {
  /** Aborted when the call has ended: also when the cache is closed, and where the source is polled, after `timeoutMs`. */
  readonly signal: AbortSignal;
}

/** Options of {@link snapshotsFrom}. */
export interface SnapshotsFromOptions {
  /** Groups clients by snapshot. Default: the id of the node. */
  readonly nodeHash?: NodeHash;
  /**
   * Looks at what a snapshot changes before it is published. A snapshot with an error is refused whole, which counts as
   * an error of the source. Default: all is published.
   */
  readonly admit?: Admit;
  /** Polls: the source is called again so many milliseconds after it has ended. Default: it is not. */
  readonly everyMs?: number;
  /** How long a polled source may take, in milliseconds. Default: 30000. */
  readonly timeoutMs?: number;
  /** The time between the first error and the next call, in milliseconds; it doubles with each further error. Default: 1000. */
  readonly retryMs?: number;
  /**
   * The longest time between an error and the next call, in milliseconds. Default: 60000; where the source is polled
   * `everyMs`, but at least 10000 and at most 60000.
   */
  readonly maxRetryMs?: number;
  /**
   * Called with each error: what the source throws, an event that cannot be read, a snapshot that is refused. The last
   * good snapshots are kept. Default: the server logs the error and calls its own `onError`; without a client,
   * `console.error`.
   */
  readonly onError?: (error: unknown) => void;
}

/** A cache that follows a source. */
export interface SourceCache extends Cache, Disposable {
  /**
   * Resolves once the first events of the source have been published: of a function that returns events or is polled, all
   * of its first call; of an iterable, the first that it yields. It rejects if the cache is closed before. A server may
   * wait for it: `createDiscoveryServer({ cache, ready: cache.ready })`.
   */
  readonly ready: Promise<void>;
  /** The snapshot of a key; undefined if it has none. */
  getSnapshot(key: string): Snapshot | undefined;
  /** How the source is doing, and the state of each key. */
  status(): SourceStatus;
  /** Stops following the source. Clients keep what they have. */
  close(): void;
}

/** The state of a source of snapshots. */
export interface SourceStatus {
  /** Whether its first events have been published. */
  readonly isReady: boolean;
  /** `retrying` after an error; `ended` when there will be no further events. */
  readonly state: "following" | "retrying" | "ended" | "closed";
  /** When events were published last. */
  readonly lastEventsAt: Date | undefined;
  /** The errors since then. */
  readonly failures: number;
  /** The last of them; undefined if there was none. It may hold what the source was called with, secrets too. */
  readonly error: unknown;
  /** The state of each key that has a snapshot or a watch. */
  readonly keys: readonly SnapshotStatus[];
}

/**
 * Makes a cache of one source for all types and keys. What changes together is published together: a client never
 * receives a mixture of two snapshots, and what is sent is ordered as with {@link SnapshotCache}.
 *
 * The source is called at once, whether there are clients or not. After an error it is called again, with a growing pause
 * that is not the same for all replicas; until then the last good snapshots are served.
 *
 * @example
 * ```ts
 * import { snapshotsFrom } from "ts-control-plane";
 * import { clusterOf, loadClusters } from "./database.ts";
 *
 * const cache = snapshotsFrom(async ({ signal }) => {
 *   const rows = await loadClusters({ signal });
 *   return { key: "edge", snapshot: rows.map(clusterOf) };
 * }, { nodeHash: ({ cluster }) => cluster, everyMs: 1_000 });
 * ```
 */
export function snapshotsFrom(source: SnapshotSource, options: SnapshotsFromOptions = {}): SourceCache {
  const { nodeHash, admit, onError } = options;
  const watches = new WatchErrors();
  const snapshots = new SnapshotCache({ ...nodeHash && { nodeHash }, ...admit && { admit } });
  const following = followSource(
    source as Pass<SnapshotEvents>,
    (events, onError) => {
      for (const event of listOf(events)) {
        check(event);
        try {
          publish(snapshots, event);
        } catch (error) {
          onError(error);
        }
      }
    },
    { ...options, onError: (error) => watches.report(error, { onError, prefix: "A source of snapshots has failed:" }) },
  );
  const { close } = following;
  return {
    ready: following.ready,
    watch: (request: WatchRequest, watcher: Watcher): Watch =>
      watches.follow(request, snapshots.watch(request, watcher), following.status().error),
    explain: (request) => snapshots.explain(request),
    getSnapshot: (key) => snapshots.getSnapshot(key),
    status: () => ({ ...following.status(), keys: snapshots.status() }),
    close,
    [Symbol.dispose]: close,
  };
}

function listOf(events: SnapshotEvents): Iterable<SnapshotEvent> {
  if (typeof events !== "object" || events === null) {
    throw uselessResult(events, "Cannot read what the source gave: it must be an event, or an iterable of events");
  }
  return Symbol.iterator in events ? events : [events];
}

/** @throws TypeError if it is no event: then those after it are of no use either */
function check(event: unknown): void {
  if (typeof event !== "object" || event === null) {
    throw uselessResult(event, "Cannot read an event of the source: it must be an object");
  }
  if (!("key" in event) || typeof event.key !== "string") {
    throw new TypeError("Cannot read an event of the source: its key must be a text");
  }
  if (!EVENTS.some((name) => name in event)) {
    throw new TypeError("Cannot read an event of the source: it must have snapshot, change or clear: true");
  }
}

const EVENTS = ["snapshot", "change", "clear"];

function publish(cache: SnapshotCache, event: SnapshotEvent): void {
  const { key } = event;
  if ("snapshot" in event) {
    const { snapshot } = event;
    // A promise is refused, and its rejection has no other handler.
    onRejection(snapshot, () => {});
    cache.setSnapshot(key, snapshot);
  } else if ("change" in event) cache.setSnapshot(key, (cache.getSnapshot(key) ?? new Snapshot()).with(event.change));
  else cache.clearSnapshot(key);
}
