import type { Resource } from "../resource/mod.ts";

/** Where single changes are looked up, and where all of them are listed. */
export interface ChangeLog {
  /** Whether a name has changed since a revision, and not back. */
  hasChanged(name: string, since: number): boolean;
  /** The resource of a name that has changed since a revision; undefined for a removed or an unchanged one. */
  changed(name: string, since: number): Resource | undefined;
  /** All names that have changed since a revision. */
  listChanges(since: number): ReadonlyMap<string, Resource | undefined>;
  /** How many names may have changed since a revision, at most. */
  countChanges(since: number): number;
  /** Whether a name may have been removed since a revision. */
  hasRemovals(since: number): boolean;
}

/**
 * The changes of a log since a revision. A stream that subscribes to a few names looks these up, of which the log has the
 * position of each: listing what changed for others would cost it more than its own changes. The list is made when it is
 * read as a whole.
 *
 * It is read at once: after the next change of the log, it has the latest.
 */
export class LogChanges implements ReadonlyMap<string, Resource | undefined> {
  readonly #log: ChangeLog;
  readonly #since: number;
  #list: ReadonlyMap<string, Resource | undefined> | undefined = undefined;

  constructor(log: ChangeLog, since: number) {
    this.#log = log;
    this.#since = since;
  }

  /** The size is not above this, which needs no list. */
  get maxSize(): number {
    return this.#list?.size ?? this.#log.countChanges(this.#since);
  }

  /** Whether there may be removed names, which needs no list. */
  get mayHaveRemovals(): boolean {
    return this.#log.hasRemovals(this.#since);
  }

  get size(): number {
    return this.#all.size;
  }

  has(name: string): boolean {
    return this.#list?.has(name) ?? this.#log.hasChanged(name, this.#since);
  }

  get(name: string): Resource | undefined {
    return this.#list === undefined ? this.#log.changed(name, this.#since) : this.#list.get(name);
  }

  keys(): MapIterator<string> {
    return this.#all.keys();
  }

  values(): MapIterator<Resource | undefined> {
    return this.#all.values();
  }

  entries(): MapIterator<[string, Resource | undefined]> {
    return this.#all.entries();
  }

  [Symbol.iterator](): MapIterator<[string, Resource | undefined]> {
    return this.#all.entries();
  }

  forEach(callback: Parameters<ReadonlyMap<string, Resource | undefined>["forEach"]>[0]): void {
    for (const [name, resource] of this.#all) callback(resource, name, this);
  }

  get #all(): ReadonlyMap<string, Resource | undefined> {
    return this.#list ??= this.#log.listChanges(this.#since);
  }
}
