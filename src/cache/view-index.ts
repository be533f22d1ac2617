import { type Aliasing, collectionOf, type Resource } from "../resource/mod.ts";
import type { View } from "./cache.ts";
import { onRejection, uselessResult } from "./rejection.ts";

/**
 * An index of a view by something other than names. There is at most one of each kind for a view, made on first use and
 * shared by all streams that read the view.
 *
 * Invariant: after `update` it equals an index made of the view as it is. An update costs O(what changed), or O(size)
 * where the revision that it last saw was compacted.
 */
abstract class ViewIndex {
  readonly #view: View;
  #revision: number | undefined = undefined;

  constructor(view: View) {
    this.#view = view;
  }

  /** Catches up with the view. */
  update(): void {
    const { revision } = this.#view;
    if (this.#revision === revision) return;
    const changes = this.#revision === undefined ? undefined : this.#view.changesSince(this.#revision);
    this.#revision = revision;
    if (changes === undefined) {
      this.clear(revision);
      for (const resource of this.#view) this.put(resource.name, resource, revision);
    } else {
      for (const [name, resource] of changes) this.put(name, resource, revision);
    }
  }

  /** Drops all entries, before every resource is put anew at this revision. */
  protected abstract clear(revision: number): void;
  /** Sets or, if undefined, removes the resource of a name. */
  protected abstract put(name: string, resource: Resource | undefined, revision: number): void;
}

/** The members of the collections of a view, by name. */
export class CollectionIndex extends ViewIndex {
  /** No set is empty. */
  readonly #members = new Map<string, Set<string>>();

  /** The index of a view, up to date with it. */
  static of(view: View): CollectionIndex {
    let index = collections.get(view);
    if (index === undefined) collections.set(view, index = new CollectionIndex(view));
    index.update();
    return index;
  }

  /** The collections that have members. */
  get collections(): Iterable<string> {
    return this.#members.keys();
  }

  /** The names of the resources in a collection; none for one without members. */
  members(collection: string): Iterable<string> {
    return this.#members.get(collection) ?? [];
  }

  protected override clear(): void {
    this.#members.clear();
  }

  protected override put(name: string, resource: Resource | undefined): void {
    const collection = collectionOf(name);
    if (collection === undefined) return;
    let members = this.#members.get(collection);
    if (resource === undefined) {
      if (members?.delete(name) && members.size === 0) this.#members.delete(collection);
      return;
    }
    if (members === undefined) this.#members.set(collection, members = new Set());
    members.add(name);
  }
}

/** The resources of a view by the keys that aliases find them under. */
export class AliasIndex extends ViewIndex {
  readonly #view: View;
  readonly #aliasing: Aliasing;
  /** The names of the resources with a key, sorted. Two share a key only by mistake; the first one counts then. */
  readonly #byKey = new Map<string, string[]>();
  /** The keys of each resource, by its name: the inverse of `#byKey`. */
  readonly #keys = new Map<string, readonly string[]>();
  /** The revision at which the keys in a collection changed last. */
  readonly #changedAt = new Map<string, number>();
  /** The revision at which the whole index was made anew. */
  #clearedAt = 0;

  private constructor(view: View, aliasing: Aliasing) {
    super(view);
    this.#view = view;
    this.#aliasing = aliasing;
  }

  /** The index of a view, up to date with it. @param aliasing - the same for all calls with this view */
  static of(view: View, aliasing: Aliasing): AliasIndex {
    let index = aliases.get(view);
    if (index === undefined) aliases.set(view, index = new AliasIndex(view, aliasing));
    index.update();
    return index;
  }

  /** The resource that an alias stands for: the one with the best of its keys, or else the one of that name. */
  find(name: string): Resource | undefined {
    const keys = this.#aliasing.keysFor(name);
    if (typeof keys?.[Symbol.iterator] !== "function") throw uselessResult(keys, "keysFor must return keys");
    for (const key of keys) {
      const found = this.#byKey.get(key);
      if (found !== undefined) return this.#view.get(found[0]!);
    }
    return this.#view.get(name);
  }

  /** Whether aliases in a collection may have other targets than at an earlier revision. */
  changedSince(collection: string, since: number): boolean {
    return since < Math.max(this.#clearedAt, this.#changedAt.get(collection) ?? 0);
  }

  protected override clear(revision: number): void {
    this.#byKey.clear();
    this.#keys.clear();
    this.#changedAt.clear();
    this.#clearedAt = revision;
  }

  protected override put(name: string, resource: Resource | undefined, revision: number): void {
    const before = this.#keys.get(name);
    const after = resource && this.#keysOf(resource);
    if (before !== undefined && after !== undefined && before.join("\0") === after.join("\0")) return;
    for (const key of before ?? []) this.#drop(key, name);
    for (const key of after ?? []) this.#add(key, name);
    if (after === undefined) this.#keys.delete(name);
    else this.#keys.set(name, after);
    const collection = collectionOf(name);
    if (collection !== undefined) this.#changedAt.set(collection, revision);
  }

  /** A resource that cannot be read has no keys; it is sent by its name, and the client rejects it. */
  #keysOf(resource: Resource): readonly string[] {
    try {
      const keys: unknown = this.#aliasing.keysOf(resource);
      if (Array.isArray(keys)) return keys.filter((key) => typeof key === "string");
      onRejection(keys, () => {});
      return [];
    } catch {
      return [];
    }
  }

  #add(key: string, name: string): void {
    const names = this.#byKey.get(key);
    if (names === undefined) this.#byKey.set(key, [name]);
    else if (!names.includes(name)) this.#byKey.set(key, [...names, name].sort());
  }

  #drop(key: string, name: string): void {
    const names = this.#byKey.get(key)?.filter((each) => each !== name) ?? [];
    if (names.length > 0) this.#byKey.set(key, names);
    else this.#byKey.delete(key);
  }
}

const collections = new WeakMap<View, CollectionIndex>();
const aliases = new WeakMap<View, AliasIndex>();
