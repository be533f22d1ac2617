import { type Cache, type Node, SnapshotCache, type Watch, type Watcher, type WatchRequest } from "../../cache/mod.ts";
import { ReplicatedCache, type ReplicatedCacheOptions, type SnapshotStore } from "../../store/mod.ts";
import { isWithheld } from "./contents.ts";
import { errorText } from "./error-text.ts";
import { layerKey, layersOf, nearestLayers } from "./layer-keys.ts";

/** Options of {@link LayeredReplica}. */
export interface LayeredReplicaOptions extends Omit<ReplicatedCacheOptions, "nodeHash"> {
  /** The key of all clients. */
  readonly key: string;
  /** Called once a snapshot of any key was read, or its key has none any more. */
  readonly onServed: (key: string, revision: number) => void;
  /** How long keys that were read wait for one that cannot be read, in milliseconds. Default: 2000. */
  readonly maxWaitMs?: number;
}

/**
 * A replica of what `xds publish` has published: each client has what is under the key, or under the nearest layer below
 * it, and moves to another one as these appear and are removed.
 *
 * A replica reads several keys at a time, in any order, and a resource may have moved from one to another. So clients are
 * served once all that was seen is read, and then all of it at once: what the store had at one moment.
 */
export class LayeredReplica implements Cache, AsyncDisposable {
  readonly #key: string;
  readonly #replica: Replica;
  readonly #maxWaitMs: number;
  readonly #served = new SnapshotCache({ nodeHash: (node) => this.#keyOf(node) });
  readonly #open = new Set<OpenWatch>();
  /** The keys of layers with a snapshot, as they are served, or withheld. */
  readonly #layers = new Set<string>();
  /** The keys that were read since. */
  readonly #read = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined = undefined;

  /** Follows a store at once. */
  constructor(store: SnapshotStore, { key, onServed, maxWaitMs = 2_000, ...options }: LayeredReplicaOptions) {
    this.#key = key;
    this.#maxWaitMs = maxWaitMs;
    this.#replica = new Replica(store, options);
    this.#replica.served = (each, revision) => {
      if (each === key || layersOf(key, each) !== undefined) this.#read.add(each);
      this.#serveSoon();
      onServed(each, revision);
    };
    // Before those that wait for it: it is ready without keys that cannot be read.
    this.#replica.ready.then(() => this.#serve(), () => {});
  }

  /** See {@link ReplicatedCache.ready}. */
  get ready(): Promise<void> {
    return this.#replica.ready;
  }

  /** Its status, what it has read, and the word of the operator: see {@link ReplicatedCache}. */
  get replica(): Pick<ReplicatedCache, "status" | "getSnapshot" | "accept"> {
    return this.#replica;
  }

  /** See {@link Cache.watch}. */
  watch(request: WatchRequest, watcher: Watcher): Watch {
    const open: OpenWatch = { request, watcher, key: this.#keyOf(request.node), watch: undefined };
    this.#open.add(open);
    open.watch = this.#served.watch(request, watcher);
    return {
      subscriptionChanged: (change) => open.watch!.subscriptionChanged(change),
      close: () => {
        this.#open.delete(open);
        open.watch!.close();
      },
    };
  }

  /** See {@link Cache.explain}. */
  explain(request: WatchRequest): string | undefined {
    const why = this.#served.explain(request);
    const { error } = this.#replica.status();
    return why === undefined || error === undefined ? why : `${why}; of the store: ${errorText(error)}`;
  }

  /** Stops following the store. Clients keep what they have. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#replica.close();
  }

  /** The same. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #keyOf({ id: node, cluster }: Node): string {
    for (const layers of nearestLayers({ node, cluster })) {
      const key = layerKey(this.#key, layers);
      if (this.#layers.has(key)) return key;
    }
    return this.#key;
  }

  #serveSoon(): void {
    if (this.#read.size === 0) return;
    this.#timer ??= setTimeout(() => this.#serve(), this.#maxWaitMs);
    // The one that was read just now is still counted.
    queueMicrotask(() => {
      if (this.#replica.status().pending === 0) this.#serve();
    });
  }

  /** In one turn, after which a server makes responses. */
  #serve(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const read = [...this.#read];
    this.#read.clear();
    for (const key of read) {
      const snapshot = this.#replica.getSnapshot(key);
      if (snapshot === undefined || isWithheld(snapshot)) this.#served.clearSnapshot(key);
      else this.#served.setSnapshot(key, snapshot);
      if (key === this.#key) continue;
      if (snapshot === undefined) this.#layers.delete(key);
      else this.#layers.add(key);
    }
    for (const open of [...this.#open]) this.#move(open);
  }

  #move(open: OpenWatch): void {
    const key = this.#keyOf(open.request.node);
    if (key === open.key || !this.#open.has(open)) return;
    open.key = key;
    open.watch!.close();
    open.watch = this.#served.watch(open.request, open.watcher);
  }
}

interface OpenWatch {
  readonly request: WatchRequest;
  readonly watcher: Watcher;
  key: string;
  watch: Watch | undefined;
}

class Replica extends ReplicatedCache {
  served: (key: string, revision: number) => void = () => {};

  protected override onServed(key: string, revision: number): void {
    this.served(key, revision);
  }
}
