import type { Resource } from "../resource/mod.ts";
import type { Snapshot } from "./snapshot.ts";
import type { SnapshotSet } from "./snapshot-set.ts";

/** A resource on its way to another thread or process: plain data that can be cloned. */
export interface FedResource {
  readonly name: string;
  readonly version: string;
  readonly bytes: Uint8Array;
  readonly ttlMs: number | undefined;
  readonly aliases: readonly string[];
}

/** What changed of one type. */
export interface FedType {
  readonly typeUrl: string;
  readonly version: string | undefined;
  readonly update: readonly FedResource[];
  readonly remove: readonly string[];
}

/** One publication, as the difference to the one before it. */
export interface FeedMessage {
  readonly key: string;
  /** The version of the types that there is nothing of. */
  readonly version: string | undefined;
  /** Undefined: there is no snapshot any more. */
  readonly types: readonly FedType[] | undefined;
  /** The types that there is nothing of any more. */
  readonly gone: readonly string[];
}

/**
 * The snapshots of a server that runs as several threads or processes. They are published here, once, and each of the
 * others follows with a `SnapshotCache` of its own, which {@link followSnapshots} keeps up to date.
 *
 * What is sent to them is what changed. Resources are encoded and hashed here alone.
 */
export class SnapshotFeed {
  readonly #snapshots = new Map<string, Snapshot>();
  readonly #followers = new Set<(message: FeedMessage) => void>();

  /** Publishes a snapshot, as `SnapshotCache.setSnapshot` does. */
  setSnapshot(key: string, snapshot: Snapshot): void {
    const message = difference(key, this.#snapshots.get(key), snapshot);
    this.#snapshots.set(key, snapshot);
    this.#send(message);
  }

  getSnapshot(key: string): Snapshot | undefined {
    return this.#snapshots.get(key);
  }

  /** Forgets the snapshot of a key, as `SnapshotCache.clearSnapshot` does. */
  clearSnapshot(key: string): void {
    if (this.#snapshots.delete(key)) this.#send({ key, version: undefined, types: undefined, gone: [] });
  }

  /**
   * Adds a follower, which is sent all that there is and then what changes.
   *
   * @param send - passes a message on, in order, to a function made by {@link followSnapshots}; for a worker that is
   * `(message) => worker.postMessage(message)`
   * @returns ends it
   */
  connect(send: (message: FeedMessage) => void): () => void {
    this.#followers.add(send);
    for (const [key, snapshot] of this.#snapshots) send(difference(key, undefined, snapshot));
    return () => void this.#followers.delete(send);
  }

  #send(message: FeedMessage): void {
    for (const send of this.#followers) send(message);
  }
}

function difference(key: string, before: Snapshot | undefined, after: Snapshot): FeedMessage {
  const types = after.types.flatMap((typeUrl): FedType[] => {
    const old = before?.set(typeUrl);
    const { resources, version, id, base } = after.set(typeUrl);
    if (old?.id === id) return [];
    const { update, remove } = base !== undefined && base.id === old?.id ? base : compare(old, resources);
    return [{ typeUrl, version, update: update.map(fed), remove }];
  });
  const gone = before?.types.filter((typeUrl) => !after.types.includes(typeUrl)) ?? [];
  return { key, version: after.set("").version, types, gone };
}

function compare(
  before: SnapshotSet | undefined,
  after: ReadonlyMap<string, Resource>,
): { readonly update: readonly Resource[]; readonly remove: readonly string[] } {
  const isNew = (resource: Resource) => {
    const old = before?.resources.get(resource.name);
    return old !== resource && old?.version !== resource.version;
  };
  return {
    update: [...after.values()].filter(isNew),
    remove: [...before?.resources.keys() ?? []].filter((name) => !after.has(name)),
  };
}

function fed({ name, version, bytes, ttlMs, aliases }: Resource): FedResource {
  return { name, version, bytes, ttlMs, aliases };
}
