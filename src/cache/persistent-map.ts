/**
 * An immutable map by name whose changed copies cost O(changed) instead of O(size).
 *
 * All copies share one Map (Baker's trick). The copy used last owns it; every other copy has the difference to the next
 * one on the way to the owner, and takes the Map over when it is read. Changing the latest copy, as publishers do, never
 * pays for that.
 *
 * Invariants: of the copies that share a Map exactly one owns it, and from each of them `to` leads there; the content of
 * a copy never changes. A Map that was handed out is never changed.
 */
export class PersistentMap<V> implements ReadonlyMap<string, V> {
  /** The number of entries. */
  readonly size: number;
  /** The Map, or the difference to the next copy. */
  #state: Owner<V> | Difference<V>;
  /** How many names were changed since the Map was copied: the other copies together hold at most that many. */
  readonly #differences: number;
  /** Whether other copies lead here, or may. */
  #hasCopies = false;
  /** Whether the Map was handed out, so that it is copied before it is changed. */
  #isFrozen = false;

  /** @param entries - handed over: it must not be changed */
  constructor(entries: Map<string, V>, differences = 0) {
    this.size = entries.size;
    this.#state = { entries };
    this.#differences = differences;
  }

  /**
   * Hands out the Map, for others to hold instead of one of their own: it stays as it is. Undefined where other copies
   * share it.
   */
  freeze(): ReadonlyMap<string, V> | undefined {
    if (this.#hasCopies || !("entries" in this.#state)) return undefined;
    this.#isFrozen = true;
    return this.#state.entries;
  }

  /** Holds a Map that was handed out instead of its own, which has equal content and no copies. */
  adopt(entries: ReadonlyMap<string, V>): void {
    if (this.freeze() !== undefined) this.#state = { entries: entries as Map<string, V> };
  }

  /** A copy without some names and then with some entries; a name that is both exists afterwards. */
  with(
    { remove, update }: { readonly remove: readonly string[]; readonly update: ReadonlyMap<string, V> },
  ): PersistentMap<V> {
    const entries = this.#entries();
    const differences = this.#differences + remove.length + update.size;
    // An old copy that is still referenced retains all differences since, so their number is bounded.
    if (this.#isFrozen || differences > entries.size + MIN_DIFFERENCES) {
      const copy = new Map(entries);
      change(copy, remove, update);
      return new PersistentMap(copy);
    }
    const undo = change(entries, remove, update);
    const next = new PersistentMap(entries, differences);
    this.#state = { to: next, undo };
    this.#hasCopies = next.#hasCopies = true;
    return next;
  }

  /** Has this copy hold other objects for some of its names, which have to be equal in everything but their identity. */
  substitute(equal: ReadonlyMap<string, V>): void {
    let entries = this.#entries();
    if (this.#isFrozen) {
      this.#state = { entries: entries = new Map(entries) };
      this.#isFrozen = false;
    }
    for (const [name, value] of equal) entries.set(name, value);
  }

  get(name: string): V | undefined {
    return this.#entries().get(name);
  }

  has(name: string): boolean {
    return this.#entries().has(name);
  }

  // Iterators run over a copy, since another copy of the map may take the entries over meanwhile.

  keys(): MapIterator<string> {
    return [...this.#entries().keys()].values();
  }

  values(): MapIterator<V> {
    return [...this.#entries().values()].values();
  }

  entries(): MapIterator<[string, V]> {
    return [...this.#entries()].values();
  }

  [Symbol.iterator](): MapIterator<[string, V]> {
    return this.entries();
  }

  forEach(callback: (value: V, name: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [name, value] of this) callback(value, name, this);
  }

  /** Takes the entries over from their owner; without recursion, since many copies may be on the way. */
  #entries(): Map<string, V> {
    if ("entries" in this.#state) return this.#state.entries;
    const path: PersistentMap<V>[] = [this];
    for (let state: Owner<V> | Difference<V> = this.#state; "to" in state; state = path.at(-1)!.#state) {
      path.push(state.to);
    }
    let owner = path.pop()!;
    const { entries } = owner.#state as Owner<V>;
    for (const older of path.reverse()) {
      owner.#state = { to: older, undo: apply(entries, (older.#state as Difference<V>).undo) };
      older.#state = { entries };
      owner = older;
    }
    return entries;
  }
}

interface Owner<V> {
  readonly entries: Map<string, V>;
}

/** The difference to a copy that owns the entries, or leads to their owner. */
interface Difference<V> {
  readonly to: PersistentMap<V>;
  /** The names that differ, with their values in this copy. */
  readonly undo: ReadonlyMap<string, V | undefined>;
}

/** Below this the size does not matter. */
const MIN_DIFFERENCES = 64;

function change<V>(
  entries: Map<string, V>,
  remove: readonly string[],
  update: ReadonlyMap<string, V>,
): ReadonlyMap<string, V | undefined> {
  if (remove.length === 0) return apply(entries, update);
  const changes = new Map<string, V | undefined>(remove.map((name) => [name, undefined]));
  for (const [name, value] of update) changes.set(name, value);
  return apply(entries, changes);
}

/** Makes the changes. @returns the changes that undo them */
function apply<V>(
  entries: Map<string, V>,
  changes: ReadonlyMap<string, V | undefined>,
): ReadonlyMap<string, V | undefined> {
  const undo = new Map<string, V | undefined>();
  // Not a loop over entries, each of which is an array.
  changes.forEach((value, name) => {
    undo.set(name, entries.get(name));
    if (value === undefined) entries.delete(name);
    else entries.set(name, value);
  });
  return undo;
}
