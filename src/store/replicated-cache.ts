import {
  type Cache,
  type NodeHash,
  type Snapshot,
  SnapshotCache,
  type Watch,
  type Watcher,
  WatchErrors,
  type WatchRequest,
} from "../cache/mod.ts";
import { type Copied, Follower, type FollowerOptions, type Origin } from "./follower.ts";
import type { SnapshotStore } from "./snapshot-store.ts";
import type { StoredSnapshot } from "./stored-snapshot.ts";
import { CopyWriter, readCopy, type SnapshotCopy } from "./snapshot-copy.ts";

/** Options of {@link ReplicatedCache}. */
export interface ReplicatedCacheOptions {
  /** Groups clients by snapshot. Default: the id of the node. */
  readonly nodeHash?: NodeHash;
  /**
   * A copy of what is served, to start from while the engine cannot be reached. Default: none, so that such a replica waits
   * for the engine.
   */
  readonly copy?: SnapshotCopy;
  /**
   * After the store was replaced, or has lost what this replica had seen already: a snapshot that lacks more than this
   * share of the resources of its key is held until {@link ReplicatedCache.accept}. Default: 0.5.
   */
  readonly maxRemovedShare?: number;
  /** The time before the first new attempt after an error, in milliseconds; it doubles up to `maxRetryMs`. Default: 250. */
  readonly retryMs?: number;
  /** The longest time between attempts, in milliseconds. Default: 10000. */
  readonly maxRetryMs?: number;
  /** Called with each error, and where a snapshot is held. Default: the server logs it and calls its own `onError`; without
   * a client, `console.error`. */
  readonly onError?: (error: unknown) => void;
}

/** The state of a replica. */
export interface ReplicaStatus {
  /** Whether it has had a full picture of the store. */
  readonly isReady: boolean;
  /** Whether it follows the store now. */
  readonly isConnected: boolean;
  /** Whether what it serves may be old: it started from its copy, or it does not follow the store. */
  readonly isStale: boolean;
  /** Since when it has not followed the store. */
  readonly disconnectedSince: Date | undefined;
  /** The latest revision of the store that it has seen. */
  readonly revision: number;
  /** The publications that it has seen and not served yet. */
  readonly pending: number;
  /** How far it may be behind, in milliseconds: how long the first of them has waited, or it has not followed the store. */
  readonly lagMs: number;
  /** The snapshots that wait for {@link ReplicatedCache.accept}. */
  readonly held: readonly HeldSnapshot[];
  /** The last error since it was in order; undefined for none. */
  readonly error: unknown;
}

/** A snapshot that is not served, since it would remove most of what its key has. */
export interface HeldSnapshot {
  /** The key. */
  readonly key: string;
  /** How many resources it would remove. */
  readonly removed: number;
  /** Of how many. */
  readonly of: number;
}

/**
 * The snapshots of a store, as a cache: a replica of a fleet of servers that all serve the same. It reads what changes,
 * serves from memory whatever becomes of the engine, and gives its clients the versions that every other replica gives.
 */
export class ReplicatedCache implements Cache, AsyncDisposable {
  /**
   * Resolves once it has a full picture: of the store, or of its copy if the engine cannot be reached. A server may wait
   * for it: `createDiscoveryServer({ cache, ready: cache.ready })`.
   */
  readonly ready: Promise<void>;
  readonly #snapshots: SnapshotCache;
  readonly #watches = new WatchErrors();
  readonly #follower: Follower;
  readonly #options: ReplicatedCacheOptions;
  readonly #held = new Map<string, HeldSnapshot & { readonly stored: StoredSnapshot; readonly origin: Origin }>();
  readonly #copy: CopyWriter | undefined;
  #isFromCopy = false;

  /** Follows a store at once. */
  constructor(store: SnapshotStore, options: ReplicatedCacheOptions = {}) {
    const { nodeHash, copy, maxRemovedShare = 0.5, retryMs = 250, maxRetryMs = 10_000 } = options;
    if (!(maxRemovedShare >= 0 && maxRemovedShare <= 1)) {
      throw new RangeError(`Cannot use maxRemovedShare ${maxRemovedShare}: it must be between 0 and 1`);
    }
    this.#options = options;
    this.#snapshots = new SnapshotCache({ ...nodeHash && { nodeHash } });
    const onError = (error: unknown) => this.#report(error);
    this.#copy = copy && new CopyWriter(copy, onError);
    const followerOptions: FollowerOptions = {
      retryMs,
      maxRetryMs,
      onError,
      start: async () => copy === undefined ? [] : await this.#startFrom(copy),
      apply: (stored, how) => this.#apply(stored, { ...how, maxRemovedShare }),
      onUpToDate: () => this.#isFromCopy = false,
    };
    this.#follower = new Follower(store.engine, followerOptions);
    this.ready = this.#follower.ready;
  }

  /** See {@link Cache.watch}. */
  watch(request: WatchRequest, watcher: Watcher): Watch {
    return this.#watches.follow(request, this.#snapshots.watch(request, watcher), this.status().error);
  }

  /** See {@link Cache.explain}. */
  explain(request: WatchRequest): string | undefined {
    return this.#snapshots.explain(request);
  }

  /** The snapshot of a key as it is served. */
  getSnapshot(key: string): Snapshot | undefined {
    return this.#snapshots.getSnapshot(key);
  }

  /** How the replica is doing. */
  status(): ReplicaStatus {
    const state = this.#follower.status();
    return {
      ...state,
      isStale: this.#isFromCopy || !state.isConnected,
      held: [...this.#held.values()].map(({ key, removed, of }) => ({ key, removed, of })),
    };
  }

  /** The word of the operator: serves what is held, of one key or of all. @returns the keys */
  accept(key?: string): string[] {
    const held = [...this.#held.values()].filter((each) => key === undefined || each.key === key);
    for (const { key: each, stored, origin } of held) {
      this.#held.delete(each);
      this.#serve(stored, origin);
    }
    return held.map((each) => each.key);
  }

  /** Stops following the store, which stays open, and waits until the copy is written. Clients keep what they have. */
  async close(): Promise<void> {
    await this.#follower.close();
    await this.#copy?.close();
  }

  /** The same. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #startFrom(copy: SnapshotCopy): Promise<readonly Copied[]> {
    try {
      const copied = await readCopy(copy, (error) => this.#report(error));
      for (const { stored: { key, snapshot } } of copied) this.#snapshots.setSnapshot(key, snapshot!);
      this.#isFromCopy = copied.length > 0;
      for (const { stored, origin } of copied) this.onServed(stored.key, origin.revision);
      return copied;
    } catch (error) {
      // A replica without a usable copy waits for the engine.
      this.#report(error);
      return [];
    }
  }

  /** Serves a snapshot, or holds it, and continues with what it has. */
  #apply(
    stored: StoredSnapshot,
    { isSuspicious, maxRemovedShare, ...origin }: Origin & {
      readonly isSuspicious: boolean;
      readonly maxRemovedShare: number;
    },
  ): void {
    const { key, snapshot } = stored;
    const before = this.#snapshots.getSnapshot(key);
    // One change more does not make good what is held.
    const isJudged = isSuspicious || this.#held.has(key);
    this.#held.delete(key);
    if (isJudged && before !== undefined) {
      const { removed, of } = removedBy(before, snapshot);
      if (removed > maxRemovedShare * of) {
        this.#held.set(key, { key, removed, of, stored, origin });
        this.#report(
          new Error(
            `Holds the snapshot of "${key}": the store was replaced or has lost data, and ${removed} of ${of} ` +
              `resources would be removed; accept("${key}") serves it`,
          ),
        );
        return;
      }
    }
    this.#serve(stored, origin);
  }

  #serve({ key, snapshot }: StoredSnapshot, origin: Origin): void {
    if (snapshot === undefined) this.#snapshots.clearSnapshot(key);
    else this.#snapshots.setSnapshot(key, snapshot);
    this.#copy?.changed(key, snapshot, origin);
    this.onServed(key, origin.revision);
  }

  /** For caches made of this one: a snapshot of this revision is served from now on, or its key has none any more. */
  protected onServed(_key: string, _revision: number): void {}

  #report(error: unknown): void {
    this.#watches.report(error, { onError: this.#options.onError, prefix: "A replica reports:" });
  }
}

function removedBy(before: Snapshot, after: Snapshot | undefined): { readonly removed: number; readonly of: number } {
  let [removed, of] = [0, 0];
  for (const typeUrl of before.types) {
    const names = before.resources(typeUrl);
    of += names.size;
    // What is cleared is not removed from clients, but new ones get nothing.
    for (const name of names.keys()) if (after?.get(typeUrl, name) === undefined) removed++;
  }
  return { removed, of };
}
