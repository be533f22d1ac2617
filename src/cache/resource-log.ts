import { type Resource, SetHash } from "../resource/mod.ts";
import type { View } from "./cache.ts";
import { type ChangeLog, LogChanges } from "./log-changes.ts";

/** A change of a set of resources. */
export interface Change {
  readonly update?: Iterable<Resource>;
  readonly remove?: Iterable<string>;
}

/** How many removed names the log has at least, so that late readers find the removal. */
const MIN_TOMBSTONES = 4096;
/** How many earlier versions of a name it has, to see that the name changed back. */
const MAX_HISTORY = 8;

/** The earlier versions of a name that changed more than once. */
interface Past {
  /** Oldest first, each until (not including) the revision that ended it; undefined where the name did not exist. */
  readonly versions: { readonly version: string | undefined; readonly until: number }[];
  /** The revision at which the oldest of them began. */
  since: number;
  /** Whether versions before that one were dropped. */
  forgotten: boolean;
}

/**
 * Resources of one type with an ordered log of their changes. Each name is in the log once, at its latest change: so the
 * log takes O(size) whatever its past, and a reader in sync needs no state but a position.
 *
 * A place of the log is an index of columns, since an object for each would take as much memory as a small resource.
 *
 * Invariants: `0 <= floor <= revision`; `revision` grows by one with each change; the log is ordered by revision, and
 * `#names[#places.get(name)] === name` for every name; the other places are empty. `size` places have a resource, the
 * others of a name are tombstones.
 */
export class ResourceLog implements View, ChangeLog {
  /** See `View`; set by a cache that loads names on demand. */
  isLoading: ((name: string) => boolean) | undefined = undefined;
  /** The place of each name: that of its latest change. */
  readonly #places = new Map<string, number>();
  /** The name of each place; undefined for an empty one. */
  #names: (string | undefined)[] = [];
  /** The resource of each place; undefined for a removed one. */
  #resources: (Resource | undefined)[] = [];
  readonly #past = new Map<string, Past>();
  /** Made at the first read of the version, and kept up to date from then on. */
  #hash: SetHash | undefined = undefined;
  /** The text of `#hash`; undefined if it changed since. */
  #hashText: string | undefined = undefined;
  /** The revision of each place, including empty ones, for the binary search. */
  #revisions: number[] = [];
  #revision = 0;
  #size = 0;
  /** The revision of the last removal. */
  #removedAt = 0;
  /** Revisions below this were compacted. */
  #floor = 0;
  #version: string | undefined = undefined;
  /** The last result of `changesSince`. */
  #memo: { readonly from: number; readonly to: number; readonly changes: LogChanges } | undefined = undefined;

  /** Whether a view is a log, and no proxy of one. */
  static isLog(view: object): view is ResourceLog {
    return #places in view;
  }

  get version(): string {
    return this.#version ?? (this.#hashText ??= this.#contentHash().toString());
  }

  /** The version to show instead of the hash of the content; undefined for that hash. */
  set version(version: string | undefined) {
    this.#version = version;
  }

  get revision(): number {
    return this.#revision;
  }

  get size(): number {
    return this.#size;
  }

  get(name: string): Resource | undefined {
    const place = this.#places.get(name);
    return place === undefined ? undefined : this.#resources[place];
  }

  *[Symbol.iterator](): Iterator<Resource> {
    // By name, since a change while the resources are read may move them to another place.
    for (const name of this.#places.keys()) {
      const resource = this.get(name);
      if (resource !== undefined) yield resource;
    }
  }

  changesSince(revision: number): ReadonlyMap<string, Resource | undefined> | undefined {
    if (revision < this.#floor) return undefined;
    // After each publication all streams in sync read the changes since the same revision.
    const memo = this.#memo;
    if (memo?.from === revision && memo.to === this.#revision) return memo.changes;
    const changes = new LogChanges(this, revision);
    this.#memo = { from: revision, to: this.#revision, changes };
    return changes;
  }

  hasChanged(name: string, since: number): boolean {
    const place = this.#places.get(name);
    return place !== undefined && this.#isChanged(name, place, since);
  }

  changed(name: string, since: number): Resource | undefined {
    const place = this.#places.get(name);
    return place !== undefined && this.#isChanged(name, place, since) ? this.#resources[place] : undefined;
  }

  listChanges(since: number): ReadonlyMap<string, Resource | undefined> {
    const changes = new Map<string, Resource | undefined>();
    for (let i = this.#firstAfter(since); i < this.#names.length; i++) {
      const name = this.#names[i];
      if (name !== undefined && this.#isChanged(name, i, since)) changes.set(name, this.#resources[i]);
    }
    return changes;
  }

  countChanges(since: number): number {
    return this.#names.length - this.#firstAfter(since);
  }

  hasRemovals(since: number): boolean {
    return this.#removedAt > since;
  }

  /**
   * Applies a change. A resource with the version that it had does not count as changed.
   *
   * @returns the names whose resources changed; if there are none, the revision stays the same
   */
  apply({ update = [], remove = [] }: Change): string[] {
    const revision = this.#revision + 1;
    const changed: string[] = [];
    for (const resource of update) {
      if (this.#put(resource.name, resource, revision)) changed.push(resource.name);
    }
    for (const name of remove) {
      if (this.#put(name, undefined, revision)) changed.push(name);
    }
    if (changed.length > 0) this.#revision = revision;
    this.#compact();
    return changed;
  }

  /** Makes the set equal to the given one. @returns the names that changed */
  replace(resources: ReadonlyMap<string, Resource>): string[] {
    const remove: string[] = [];
    for (const [name, place] of this.#places) {
      if (this.#resources[place] !== undefined && !resources.has(name)) remove.push(name);
    }
    return this.apply({ update: resources.values(), remove });
  }

  /** Whether the name of a place is other than at an earlier revision. */
  #isChanged(name: string, place: number, since: number): boolean {
    if (this.#revisions[place]! <= since) return false;
    const past = this.#past.get(name);
    return past === undefined || hasOneChange(past, since) ||
      versionAt(past, since) !== this.#resources[place]?.version;
  }

  #put(name: string, resource: Resource | undefined, revision: number): boolean {
    const place = this.#places.get(name);
    const before = place === undefined ? undefined : this.#resources[place];
    if (before === resource || before?.version === resource?.version) return false;
    if (before !== undefined) this.#hash?.remove(name, before.version);
    if (resource !== undefined) this.#hash?.add(name, resource.version);
    else this.#removedAt = revision;
    this.#hashText = undefined;
    this.#size += Number(resource !== undefined) - Number(before !== undefined);
    if (place !== undefined) {
      this.#remember(name, { version: before?.version, until: revision }, this.#revisions[place]!);
      this.#names[place] = this.#resources[place] = undefined;
    }
    this.#places.set(name, this.#names.length);
    this.#names.push(name);
    this.#resources.push(resource);
    this.#revisions.push(revision);
    return true;
  }

  /** @param since - when the version began, which is that of the place that it had */
  #remember(name: string, ended: Past["versions"][number], since: number): void {
    const past = this.#past.get(name);
    if (past === undefined) return void this.#past.set(name, { versions: [ended], since, forgotten: false });
    if (past.versions.length === MAX_HISTORY) {
      past.since = past.versions.shift()!.until;
      past.forgotten = true;
    }
    past.versions.push(ended);
  }

  #contentHash(): SetHash {
    if (this.#hash === undefined) {
      this.#hash = new SetHash();
      for (const { name, version } of this) this.#hash.add(name, version);
    }
    return this.#hash;
  }

  #firstAfter(revision: number): number {
    let low = 0;
    let high = this.#names.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#revisions[middle]! > revision) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Closes the gaps of the log and drops the oldest tombstones, once there are more of them than of the rest. */
  #compact(): void {
    if (this.#names.length <= 2 * this.#places.size + MIN_TOMBSTONES && !this.#hasTooManyTombstones()) return;
    let spare = Math.max(0, this.#places.size - this.#size - Math.max(MIN_TOMBSTONES, this.#size) / 2);
    let kept = 0;
    for (let i = 0; i < this.#names.length; i++) {
      const [name, resource, revision] = [this.#names[i], this.#resources[i], this.#revisions[i]!];
      if (name === undefined) continue;
      if (resource === undefined && spare > 0) {
        spare--;
        this.#places.delete(name);
        this.#past.delete(name);
        this.#floor = revision;
        continue;
      }
      this.#places.set(name, kept);
      this.#names[kept] = name;
      this.#resources[kept] = resource;
      this.#revisions[kept++] = revision;
    }
    // Copies, so that they have no spare room.
    this.#names = this.#names.slice(0, kept);
    this.#resources = this.#resources.slice(0, kept);
    this.#revisions = this.#revisions.slice(0, kept);
  }

  #hasTooManyTombstones(): boolean {
    return this.#places.size - this.#size > Math.max(MIN_TOMBSTONES, this.#size);
  }
}

/** Whether a name has changed once since, and so not back. */
function hasOneChange({ versions, since }: Past, revision: number): boolean {
  return (versions.length === 1 ? since : versions.at(-2)!.until) <= revision;
}

/** The version of a name at an earlier revision than its last; null, which equals no version, if it was compacted. */
function versionAt(past: Past, revision: number): string | undefined | null {
  if (revision < past.since) return past.forgotten ? null : undefined;
  for (const { version, until } of past.versions) {
    if (until > revision) return version;
  }
  return null;
}
