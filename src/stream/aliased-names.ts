import type { View } from "../cache/mod.ts";
import { type Aliasing, collectionOf } from "../resource/mod.ts";
import { AliasIndex } from "./view-index.ts";

/** What a stream was told of names that stand for resources. */
export class AliasedNames {
  readonly #aliasing: Aliasing;
  /** The name of the resource, by the name that was asked for; absent if there is none. */
  readonly #standsFor = new Map<string, string>();
  /** For how many names a resource stands. */
  readonly #served = new Map<string, number>();

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
  *of(resource: string): Iterable<string> {
    if (!this.#served.has(resource)) return;
    for (const [name, standsFor] of this.#standsFor) if (standsFor === resource) yield name;
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
    const moved = since === undefined ? [] : [...names.collections].filter((each) => index.hasMoved(each, since));
    if (moved.length > 0) {
      const collections = new Set<string | undefined>(moved);
      for (const name of names.all) if (collections.has(collectionOf(name)) && look(name)) names.owed.add(name);
    }
    return [...left].filter((resource) => !this.#served.has(resource));
  }

  #set(name: string, resource: string | undefined): void {
    const before = this.#standsFor.get(name);
    if (before !== undefined) {
      const count = this.#served.get(before)! - 1;
      if (count > 0) this.#served.set(before, count);
      else this.#served.delete(before);
    }
    if (resource === undefined) this.#standsFor.delete(name);
    else {
      this.#standsFor.set(name, resource);
      this.#served.set(resource, (this.#served.get(resource) ?? 0) + 1);
    }
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
