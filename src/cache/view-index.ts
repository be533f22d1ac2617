import { type Aliasing, collectionOf, type Resource } from "../resource/mod.ts";
import type { View } from "./cache.ts";

/**
 * What of a view can be found other than by name: the members of collections, and what other names stand for. There is
 * one for each view that somebody asks such things of, and it follows the view in O(what changed).
 */
abstract class ViewIndex {
  readonly #view: View;
  #revision: number | undefined = undefined;

  constructor(view: View) {
    this.#view = view;
  }

  /** Takes in what has changed since the last time. */
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

  /** Everything may be different at this revision. */
  protected abstract clear(revision: number): void;
  protected abstract put(name: string, resource: Resource | undefined, revision: number): void;
}

/** The members of the collections of a view, by name. */
export class CollectionIndex extends ViewIndex {
  readonly #members = new Map<string, Set<string>>();

  static of(view: View): CollectionIndex {
    let index = collections.get(view);
    if (index === undefined) collections.set(view, index = new CollectionIndex(view));
    index.update();
    return index;
  }

  /** All collections that have members. */
  get collections(): Iterable<string> {
    return this.#members.keys();
  }

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

/** What the names stand for that are not those of resources. */
export class AliasIndex extends ViewIndex {
  readonly #view: View;
  readonly #aliasing: Aliasing;
  /** The resources with a key, by name. There is more than one only by mistake. */
  readonly #byKey = new Map<string, string[]>();
  readonly #keys = new Map<string, readonly string[]>();
  readonly #changedAt = new Map<string, number>();
  #clearedAt = 0;

  private constructor(view: View, aliasing: Aliasing) {
    super(view);
    this.#view = view;
    this.#aliasing = aliasing;
  }

  static of(view: View, aliasing: Aliasing): AliasIndex {
    let index = aliases.get(view);
    if (index === undefined) aliases.set(view, index = new AliasIndex(view, aliasing));
    index.update();
    return index;
  }

  /** What a name stands for: what has one of its keys, or else is called so itself. */
  find(name: string): Resource | undefined {
    for (const key of this.#aliasing.keysFor(name)) {
      const found = this.#byKey.get(key);
      if (found !== undefined) return this.#view.get(found[0]!);
    }
    return this.#view.get(name);
  }

  /** Whether names in the collection may stand for something else than at an earlier revision. */
  hasMoved(collection: string, since: number): boolean {
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

  /** What cannot be read has no keys, and is for the client to reject. */
  #keysOf(resource: Resource): readonly string[] {
    try {
      return this.#aliasing.keysOf(resource);
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
