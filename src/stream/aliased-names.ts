import { AliasIndex, type View } from "../cache/mod.ts";
import { type Aliasing, collectionOf } from "../resource/mod.ts";

/** What a stream was told of names that stand for resources. */
export class AliasedNames {
  readonly #aliasing: Aliasing;
  /** The name of the resource, by the name that was asked for; absent if there is none. */
  readonly #standsFor = new Map<string, string>();
  /** The names that a resource stands for. */
  readonly #served = new Map<string, Set<string>>();

  constructor(aliasing: Aliasing) {
    this.#aliasing = aliasing;
  }

  /** Whether a resource stands for any name. */
  serves(resource: string): boolean {
    return this.#served.has(resource);
  }

  /** The resource that a name stands for, by its name. */
  get(name: string): string | undefined {
    return this.#standsFor.get(name);
  }

  /** The names that a resource stands for. */
  of(resource: string): Iterable<string> {
    return this.#served.get(resource) ?? [];
  }

  /** Forgets a name. @returns the resource that it stood for */
  drop(name: string): string | undefined {
    const resource = this.#standsFor.get(name);
    if (resource !== undefined) this.#set(name, undefined);
    return resource;
  }

  /**
   * Looks up the names that are owed, and those that may stand for something else than when the client was told. The
   * latter become owed if there is something to tell.
   *
   * @returns the resources that stand for nothing any more
   */
  update(view: View, names: AliasUpdate): readonly string[] {
    const index = AliasIndex.of(view, this.#aliasing);
    const left = new Set<string>();
    const look = (name: string): boolean => {
      const before = this.#standsFor.get(name);
      const now = index.find(name)?.name;
      if (now === before) return false;
      this.#set(name, now);
      if (before !== undefined) left.add(before);
      return now !== undefined;
    };
    for (const name of names.owed) if (names.all.has(name)) look(name);
    const { since } = names;
    const moved = since === undefined ? [] : [...names.collections].filter((each) => index.changedSince(each, since));
    if (moved.length > 0) {
      const collections = new Set<string | undefined>(moved);
      for (const name of names.all) if (collections.has(collectionOf(name)) && look(name)) names.owed.add(name);
    }
    return [...left].filter((resource) => !this.#served.has(resource));
  }

  #set(name: string, resource: string | undefined): void {
    const before = this.#standsFor.get(name);
    const served = before === undefined ? undefined : this.#served.get(before);
    if (served?.delete(name) && served.size === 0) this.#served.delete(before!);
    if (resource === undefined) {
      this.#standsFor.delete(name);
      return;
    }
    this.#standsFor.set(name, resource);
    const names = this.#served.get(resource);
    if (names === undefined) this.#served.set(resource, new Set([name]));
    else names.add(name);
  }
}

/** The names of a subscription. */
export interface AliasUpdate {
  readonly all: ReadonlySet<string>;
  readonly collections: ReadonlySet<string>;
  readonly owed: Set<string>;
  /** The revision at which the client was told last. */
  readonly since: number | undefined;
}

/** The names of a subscription by the collection that they are in, sorted out when that is first asked for. */
export class AliasesByCollection {
  readonly #names: Iterable<string>;
  #sorted: ReadonlyMap<string | undefined, readonly string[]> | undefined = undefined;

  constructor(names: Iterable<string>) {
    this.#names = names;
  }

  in(collection: string): readonly string[] {
    this.#sorted ??= Map.groupBy(this.#names, collectionOf);
    return this.#sorted.get(collection) ?? [];
  }
}
