import type { Resource } from "../resource/mod.ts";
import type { Admit } from "./admit.ts";
import type { Snapshot, SnapshotChange } from "./snapshot.ts";
import { changedSnapshot, type SnapshotContent, snapshotFrom } from "./snapshot-from.ts";
import { admitSnapshot } from "./admit-snapshot.ts";
import { onRejection } from "./rejection.ts";
import type { SnapshotSet } from "./snapshot-set.ts";

/** A resource as plain data, which can be cloned to another thread or process. */
export interface FedResource {
  /** The name, in its normal form. */
  readonly name: string;
  /** The version of the resource. */
  readonly version: string;
  /** The encoded message. */
  readonly bytes: Uint8Array;
  /** The ttl in milliseconds; undefined for none. */
  readonly ttlMs: number | undefined;
  /** The aliases, which may be none. */
  readonly aliases: readonly string[];
}

/** The change of one type. */
export interface FedType {
  /** The type URL. */
  readonly typeUrl: string;
  /** The version of the type that the publisher gave; undefined for a hash of its content. */
  readonly version: string | undefined;
  /** The resources that were added or changed. */
  readonly update: readonly FedResource[];
  /** The names of the resources that were removed. */
  readonly remove: readonly string[];
}

/** Options of {@link SnapshotFeed.connect}. */
export interface ConnectOptions {
  /**
   * Called once, when `send` throws or rejects: the replica has missed a message, so that it is removed and has to be
   * connected anew. Default: `console.error`.
   */
  readonly onError?: (error: unknown) => void;
}

/** One publication, as the difference to the one before it. */
export interface FeedMessage {
  /** The key of the snapshot. */
  readonly key: string;
  /** The version of the types without resources. */
  readonly version: string | undefined;
  /** The types that changed; undefined if the snapshot was cleared. */
  readonly types: readonly FedType[] | undefined;
  /** The types that the snapshot no longer has. */
  readonly removedTypes: readonly string[];
}

/**
 * The snapshots of a server that runs as several threads or processes. They are published here once; each replica has a
 * `SnapshotCache` of its own, which {@link followSnapshots} keeps up to date.
 *
 * Replicas are sent the difference to the publication before. Resources are encoded and hashed here only.
 */
export class SnapshotFeed {
  readonly #admit: Admit | undefined;
  readonly #snapshots = new Map<string, Snapshot>();
  readonly #replicas = new Set<Replica>();
  /** Messages that are not sent yet: one may be published by a `send`, and all replicas need the same order. */
  readonly #queue: { readonly message: FeedMessage; readonly to: readonly Replica[] }[] = [];
  #isSending = false;

  /**
   * A feed without snapshots.
   *
   * @param options.admit - looks at what a snapshot changes, as that of `SnapshotCache`: once for all replicas, whose
   * caches need none. Default: all is published.
   */
  constructor({ admit }: { readonly admit?: Admit } = {}) {
    this.#admit = admit;
  }

  /**
   * Publishes a snapshot, as `SnapshotCache.setSnapshot` does.
   *
   * @throws TypeError for a resource that cannot be encoded; then nothing is published
   * @throws AdmissionError if `admit` finds an error; then nothing is published
   */
  setSnapshot(key: string, content: SnapshotContent): void {
    const snapshot = snapshotFrom(content);
    const before = this.#snapshots.get(key);
    const message = difference(key, before, snapshot);
    if (this.#admit !== undefined) admitSnapshot(this.#admit, snapshot, before);
    this.#snapshots.set(key, snapshot);
    this.#send(message);
  }

  /**
   * Publishes a changed copy of the snapshot of a key, as `SnapshotCache.updateSnapshot` does.
   *
   * @throws Error if the key has no snapshot; otherwise as {@link setSnapshot}
   */
  updateSnapshot(key: string, change: SnapshotChange): void {
    this.setSnapshot(key, changedSnapshot(key, this.#snapshots.get(key), change));
  }

  /** The snapshot of a key; undefined if it has none. */
  getSnapshot(key: string): Snapshot | undefined {
    return this.#snapshots.get(key);
  }

  /** Removes the snapshot of a key, as `SnapshotCache.clearSnapshot` does. */
  clearSnapshot(key: string): void {
    if (this.#snapshots.delete(key)) this.#send({ key, version: undefined, types: undefined, removedTypes: [] });
  }

  /**
   * Adds a replica. It is sent all present snapshots at once, and then the changes.
   *
   * @param send - passes a message on, in order, to a function made by {@link followSnapshots}; for a worker that is
   * `(message) => worker.postMessage(message)`
   * @param options.onError - called when the replica was removed because it failed
   * @returns removes the replica
   */
  connect(send: (message: FeedMessage) => void, { onError = reportError }: ConnectOptions = {}): () => void {
    const replica: Replica = { send, onError };
    const messages = [...this.#snapshots].map(([key, snapshot]) => difference(key, undefined, snapshot));
    this.#replicas.add(replica);
    for (const message of messages) this.#queue.push({ message, to: [replica] });
    this.#sendAll();
    return () => void this.#replicas.delete(replica);
  }

  #send(message: FeedMessage): void {
    this.#queue.push({ message, to: [...this.#replicas] });
    this.#sendAll();
  }

  #sendAll(): void {
    if (this.#isSending) return;
    this.#isSending = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      for (const replica of next.to) if (this.#replicas.has(replica)) this.#sendTo(replica, next.message);
    }
    this.#isSending = false;
  }

  #sendTo(replica: Replica, message: FeedMessage): void {
    try {
      onRejection(replica.send(message), (error) => this.#failed(replica, error));
    } catch (error) {
      this.#failed(replica, error);
    }
  }

  #failed(replica: Replica, error: unknown): void {
    if (!this.#replicas.delete(replica)) return;
    try {
      onRejection(replica.onError(error), () => {});
    } catch {
      // The publisher, and the other replicas, are not at fault.
    }
  }
}

interface Replica {
  readonly send: (message: FeedMessage) => void;
  readonly onError: (error: unknown) => void;
}

function reportError(error: unknown): void {
  console.error("A replica of a SnapshotFeed has failed and was removed", error);
}

function difference(key: string, before: Snapshot | undefined, after: Snapshot): FeedMessage {
  const types = after.types.flatMap((typeUrl): FedType[] => {
    const old = before?.set(typeUrl);
    const { resources, version, id, base } = after.set(typeUrl);
    if (old?.id === id) return [];
    const { update, remove } = base !== undefined && base.id === old?.id ? base : compare(old, resources);
    return [{ typeUrl, version, update: update.map(serialize), remove }];
  });
  const removedTypes = before?.types.filter((typeUrl) => !after.types.includes(typeUrl)) ?? [];
  return { key, version: after.set("").version, types, removedTypes };
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

function serialize({ name, version, bytes, ttlMs, aliases }: Resource): FedResource {
  // A copy, since a clone of a view is one of its whole buffer, which has the bytes of other resources as well.
  return { name, version, bytes: bytes.slice(), ttlMs, aliases };
}
