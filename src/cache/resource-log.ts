import { type Resource, SetHash } from "../resource/mod.ts";
import type { View } from "./cache.ts";

/** A change of a set of resources. */
export interface Change {
  readonly update?: Iterable<Resource>;
  readonly remove?: Iterable<string>;
}

/** How many removed names the log has at least, so that late readers find the removal. */
const MIN_TOMBSTONES = 4096;
/** How many earlier versions of a name it has, to see that the name changed back. */
const MAX_HISTORY = 8;

/** The latest state of one name. */
interface Entry {
  readonly name: string;
  /** Undefined once it is removed. */
  resource: Resource | undefined;
  /** The revision of its latest change. */
  revision: number;
  /** Its place in the log; its earlier places are empty. */
  index: number;
  /** Its earlier versions, oldest first, each until (not including) the revision that ended it. */
  past: { readonly version: string | undefined; readonly until: number }[] | undefined;
  /** The revision at which the oldest version in `past` began. */
  since: number;
  /** Whether versions before that one were dropped. */
  forgotten: boolean;
}

/**
 * Resources of one type with an ordered log of their changes. Each name is in the log once, at its latest change: so the
 * log takes O(size) whatever its past, and a reader in sync needs no state but a position.
 *
 * Invariants: `0 <= floor <= revision`; `revision` grows by one with each change; `#log` is ordered by revision, and
 * `#log[entry.index] === entry` for every entry; `size` entries have a resource, the others are tombstones.
 */
export class ResourceLog implements View {
  /** See `View`; set by a cache that loads names on demand. */
  isLoading: ((name: string) => boolean) | undefined = undefined;
  readonly #entries = new Map<string, Entry>();
  /** Made at the first read of the version, and kept up to date from then on. */
  #hash: SetHash | undefined = undefined;
  /** The text of `#hash`; undefined if it changed since. */
  #hashText: string | undefined = undefined;
  #log: (Entry | undefined)[] = [];
  /** The revision of each place of the log, including empty ones, for the binary search. */
  #revisions: number[] = [];
  #revision = 0;
  #size = 0;
  /** Revisions below this were compacted. */
  #floor = 0;
  #version: string | undefined = undefined;
  /** The last result of `changesSince`. */
  #memo:
    | { readonly from: number; readonly to: number; readonly changes: Map<string, Resource | undefined> }
    | undefined = undefined;

  /** Whether a view is a log, and no proxy of one. */
  static isLog(view: object): view is ResourceLog {
    return #entries in view;
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
    return this.#entries.get(name)?.resource;
  }

  *[Symbol.iterator](): Iterator<Resource> {
    for (const { resource } of this.#entries.values()) {
      if (resource !== undefined) yield resource;
    }
  }

  changesSince(revision: number): ReadonlyMap<string, Resource | undefined> | undefined {
    if (revision < this.#floor) return undefined;
    // After each publication all streams in sync read the changes since the same revision.
    const memo = this.#memo;
    if (memo?.from === revision && memo.to === this.#revision) return memo.changes;
    const changes = new Map<string, Resource | undefined>();
    for (let i = this.#firstAfter(revision); i < this.#log.length; i++) {
      const entry = this.#log[i];
      if (entry !== undefined && versionAt(entry, revision) !== entry.resource?.version) {
        changes.set(entry.name, entry.resource);
      }
    }
    this.#memo = { from: revision, to: this.#revision, changes };
    return changes;
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
    for (const { name, resource } of this.#entries.values()) {
      if (resource !== undefined && !resources.has(name)) remove.push(name);
    }
    return this.apply({ update: resources.values(), remove });
  }

  #put(name: string, resource: Resource | undefined, revision: number): boolean {
    let entry = this.#entries.get(name);
    const before = entry?.resource;
    if (before === resource || before?.version === resource?.version) return false;
    if (before !== undefined) this.#hash?.remove(name, before.version);
    if (resource !== undefined) this.#hash?.add(name, resource.version);
    this.#hashText = undefined;
    this.#size += Number(resource !== undefined) - Number(before !== undefined);
    if (entry === undefined) {
      entry = { name, resource, revision, index: 0, past: undefined, since: revision, forgotten: false };
      this.#entries.set(name, entry);
    } else {
      entry.past ??= [];
      if (entry.past.length === MAX_HISTORY) {
        entry.since = entry.past.shift()!.until;
        entry.forgotten = true;
      }
      entry.past.push({ version: before?.version, until: revision });
      entry.resource = resource;
      entry.revision = revision;
      this.#log[entry.index] = undefined;
    }
    entry.index = this.#log.length;
    this.#log.push(entry);
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
    let high = this.#log.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#revisions[middle]! > revision) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Closes the gaps of the log and drops the oldest tombstones, once there are more of them than of the rest. */
  #compact(): void {
    if (this.#log.length <= 2 * this.#entries.size + MIN_TOMBSTONES && !this.#hasTooManyTombstones()) return;
    let spare = Math.max(0, this.#entries.size - this.#size - Math.max(MIN_TOMBSTONES, this.#size) / 2);
    const compacted: Entry[] = [];
    for (const entry of this.#log) {
      if (entry === undefined) continue;
      if (entry.resource === undefined && spare > 0) {
        spare--;
        this.#entries.delete(entry.name);
        this.#floor = entry.revision;
        continue;
      }
      entry.index = compacted.length;
      compacted.push(entry);
    }
    this.#log = compacted;
    this.#revisions = compacted.map(({ revision }) => revision);
  }

  #hasTooManyTombstones(): boolean {
    return this.#entries.size - this.#size > Math.max(MIN_TOMBSTONES, this.#size);
  }
}

/** The version of a name at an earlier revision than its last; null, which equals no version, if it was compacted. */
function versionAt(entry: Entry, revision: number): string | undefined | null {
  if (revision < entry.since) return entry.forgotten ? null : undefined;
  for (const { version, until } of entry.past ?? []) {
    if (until > revision) return version;
  }
  return null;
}
