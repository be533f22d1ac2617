import { type Resource, SetHash } from "../resource/mod.ts";
import type { View } from "./cache.ts";
import { type ChangeLog, LogChanges } from "./log-changes.ts";
import { PastVersions } from "./past-versions.ts";
import { PersistentMap } from "./persistent-map.ts";

/** A change of a set of resources. */
export interface Change {
  readonly update?: Iterable<Resource>;
  readonly remove?: Iterable<string>;
}

/** How many removed names the log has at least, so that late readers find the removal. */
const MIN_TOMBSTONES = 4096;
/** How many gaps it has at least before they are closed. */
const MIN_GAPS = 64;
/** The part of what a log begins with that may have changed before all of it has places: what it holds of old content. */
const MAX_CHANGED = 0.25;
/** The revision of what a log begins with. */
const FIRST = 1;
const NO_NAMES: readonly string[] = [];
const NONE: ReadonlyMap<string, Resource> = new Map();

/**
 * Resources of one type with an ordered log of their changes. Each name is in the log once, at its latest change: so the
 * log takes O(size) whatever its past, and a reader in sync needs no state but a position.
 *
 * A place of the log is an index of columns, since an object for each would take as much memory as a small resource. What
 * a snapshot begins with has no places while little of it has changed: its names are in the Map of the snapshot.
 *
 * Invariants: `0 <= floor <= revision`; `revision` grows by one with each change; the log is ordered by revision, and
 * `#names[#places.get(name)] === name` for every name that has a place; the other places are empty. A place without a
 * resource is a tombstone. A name of `#first` without a place has not changed since revision `FIRST`.
 */
export class ResourceLog implements View, ChangeLog {
  /** See `View`; set by a cache that loads names on demand. */
  isLoading: ((name: string) => boolean) | undefined = undefined;
  /** The place of each name: that of its latest change. */
  #places = new Map<string, number>();
  /** What the log began with; undefined where all names have places. It is not changed. */
  #first: ReadonlyMap<string, Resource> | undefined = undefined;
  /** The name of each place; undefined for an empty one. */
  #names: (string | undefined)[] = [];
  /** The resource of each place; undefined for a removed one. */
  #resources: (Resource | undefined)[] = [];
  readonly #past = new Map<string, PastVersions>();
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
    return place === undefined ? this.#first?.get(name) : this.#resources[place];
  }

  *[Symbol.iterator](): Iterator<Resource> {
    // By name, since a change while the resources are read may move them to another place.
    const first = this.#first;
    for (const name of first?.keys() ?? NO_NAMES) {
      const resource = this.get(name);
      if (resource !== undefined) yield resource;
    }
    for (const name of this.#places.keys()) {
      const resource = first?.has(name) ? undefined : this.get(name);
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
    if (place === undefined) return since < FIRST && this.#first?.has(name) === true;
    return this.#isChanged(name, place, since);
  }

  changed(name: string, since: number): Resource | undefined {
    const place = this.#places.get(name);
    if (place === undefined) return since < FIRST ? this.#first?.get(name) : undefined;
    return this.#isChanged(name, place, since) ? this.#resources[place] : undefined;
  }

  listChanges(since: number): ReadonlyMap<string, Resource | undefined> {
    const changes = new Map<string, Resource | undefined>();
    if (since < FIRST) {
      for (const [name, resource] of this.#first ?? NONE) if (!this.#places.has(name)) changes.set(name, resource);
    }
    for (let i = this.#firstAfter(since); i < this.#names.length; i++) {
      const name = this.#names[i];
      if (name !== undefined && this.#isChanged(name, i, since)) changes.set(name, this.#resources[i]);
    }
    return changes;
  }

  countChanges(since: number): number {
    return this.#names.length - this.#firstAfter(since) + (since < FIRST ? this.#first?.size ?? 0 : 0);
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
    if (this.#revision === 0 && resources instanceof PersistentMap && resources.size > 0) {
      const first: ReadonlyMap<string, Resource> | undefined = resources.freeze();
      if (first !== undefined) return this.#begin(first);
    }
    const remove: string[] = [];
    for (const name of this.#first?.keys() ?? NO_NAMES) {
      if (!this.#places.has(name) && !resources.has(name)) remove.push(name);
    }
    for (const [name, place] of this.#places) {
      if (this.#resources[place] !== undefined && !resources.has(name)) remove.push(name);
    }
    return this.apply({ update: resources.values(), remove });
  }

  #begin(first: ReadonlyMap<string, Resource>): string[] {
    this.#first = first;
    this.#revision = FIRST;
    this.#size = first.size;
    this.#hash = this.#hashText = undefined;
    return [...first.keys()];
  }

  /** Whether the name of a place is other than at an earlier revision. */
  #isChanged(name: string, place: number, since: number): boolean {
    if (this.#revisions[place]! <= since) return false;
    const past = this.#past.get(name);
    return past === undefined || past.isOther(since, this.#resources[place]?.version);
  }

  #put(name: string, resource: Resource | undefined, revision: number): boolean {
    const place = this.#places.get(name);
    const before = place === undefined ? this.#first?.get(name) : this.#resources[place];
    if (before === resource || before?.version === resource?.version) return false;
    if (before !== undefined) this.#hash?.remove(name, before.version);
    if (resource !== undefined) this.#hash?.add(name, resource.version);
    else this.#removedAt = revision;
    this.#hashText = undefined;
    this.#size += Number(resource !== undefined) - Number(before !== undefined);
    const since = place === undefined ? FIRST : this.#revisions[place]!;
    if (place !== undefined || before !== undefined) {
      const past = this.#past.get(name);
      if (past !== undefined) past.add(before?.version, revision);
      else this.#past.set(name, new PastVersions(before?.version, { since, until: revision }));
    }
    if (place !== undefined) this.#names[place] = this.#resources[place] = undefined;
    this.#places.set(name, this.#names.length);
    this.#names.push(name);
    this.#resources.push(resource);
    this.#revisions.push(revision);
    return true;
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

  /** Closes the gaps of the log once there are more of them than of the rest, and drops the oldest tombstones likewise. */
  #compact(): void {
    if (this.#first !== undefined && this.#places.size > this.#first.size * MAX_CHANGED) this.#placeAll(this.#first);
    const tombstones = this.#first === undefined ? this.#places.size - this.#size : 0;
    const maxTombstones = Math.max(MIN_TOMBSTONES, this.#size);
    let spare = tombstones > maxTombstones ? tombstones - maxTombstones / 2 : 0;
    if (spare === 0 && this.#names.length <= 2 * this.#places.size + MIN_GAPS) return;
    let kept = 0;
    for (let i = 0; i < this.#names.length; i++) {
      const name = this.#names[i];
      if (name === undefined) continue;
      const resource = this.#resources[i];
      const revision = this.#revisions[i]!;
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

  /** Gives every name a place: the log is as if it had had them from the start. */
  #placeAll(first: ReadonlyMap<string, Resource>): void {
    const changed = this.#places;
    const unchanged = [...first.keys()].filter((name) => !changed.has(name));
    this.#places = new Map([...first.keys()].map((name) => [name, 0]));
    unchanged.forEach((name, place) => this.#places.set(name, place));
    for (const [name, place] of changed) this.#places.set(name, place + unchanged.length);
    this.#names = [...unchanged, ...this.#names];
    this.#resources = [...unchanged.map((name) => first.get(name)), ...this.#resources];
    this.#revisions = [...unchanged.map(() => FIRST), ...this.#revisions];
    this.#first = undefined;
  }
}
