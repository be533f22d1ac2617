import type { Resource } from "../resource/mod.ts";
import type { PersistentMap } from "./persistent-map.ts";

/**
 * Finds a set of the same resources that is published already, so that nodes with equal snapshots hold one Map. The table
 * is weak: it retains neither sets nor resources.
 */
export class EqualSets {
  /** The last set that begins with a resource. */
  readonly #known = new WeakMap<Resource, WeakRef<ReadonlyMap<string, Resource>>>();

  /** Has a set hold the Map of one with the same resources in the same order, if there is one. */
  share(set: PersistentMap<Resource>): void {
    const own = set.freeze();
    const first = own?.values().next().value;
    if (own === undefined || first === undefined) return;
    const known = this.#known.get(first)?.deref();
    if (known !== undefined && isSame(known, own)) set.adopt(known);
    else this.#known.set(first, new WeakRef(own));
  }
}

function isSame(a: ReadonlyMap<string, Resource>, b: ReadonlyMap<string, Resource>): boolean {
  if (a.size !== b.size) return false;
  const others = b.values();
  for (const resource of a.values()) if (others.next().value !== resource) return false;
  return true;
}
