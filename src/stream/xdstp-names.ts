import { normalName } from "../resource/mod.ts";

/** What a stream keeps of names that are more than opaque strings; most streams have none, and no such object. */
export class XdstpNames {
  /** The collections of which members are wanted. */
  readonly collections = new Set<string>();
  /** For how many names. */
  readonly #counts = new Map<string, number>();
  /** The normal form of each name that the client uses: it may repeat them in each request. */
  readonly #normal = new Map<string, string>();
  /** How the client spells the names that it does not use in their normal form. */
  readonly #spelled = new Map<string, string>();

  /** Whether the client spells a name otherwise than here. */
  get areSpelled(): boolean {
    return this.#spelled.size > 0;
  }

  /** The normal form of a name, which is remembered until it is forgotten. */
  normal(asked: string): string {
    let normal = this.#normal.get(asked);
    if (normal !== undefined) return normal;
    normal = normalName(asked);
    this.forget(normal);
    this.#normal.set(asked, normal);
    if (normal !== asked) this.#spelled.set(normal, asked);
    return normal;
  }

  /** How the client spells a name. */
  spelled(normal: string): string {
    return this.#spelled.get(normal) ?? normal;
  }

  forget(normal: string): void {
    this.#normal.delete(this.spelled(normal));
    this.#spelled.delete(normal);
  }

  /** @returns whether it is the first name of the collection */
  enter(collection: string): boolean {
    const count = this.#counts.get(collection) ?? 0;
    this.#counts.set(collection, count + 1);
    this.collections.add(collection);
    return count === 0;
  }

  /** @returns whether it was the last name of the collection */
  leave(collection: string): boolean {
    const count = this.#counts.get(collection)! - 1;
    if (count > 0) {
      this.#counts.set(collection, count);
      return false;
    }
    this.#counts.delete(collection);
    this.collections.delete(collection);
    return true;
  }
}
