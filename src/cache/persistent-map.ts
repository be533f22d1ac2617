/**
 * A map by name that never changes, and of which changed copies are made in O(changed) instead of O(size).
 *
 * The entries are in one place, with the copy that was used last; every older copy knows how it differs from the next
 * one, and takes the entries back when it is read (Baker's trick). Whoever goes on from the latest copy, as publishers
 * do, never pays for that.
 */
export class PersistentMap<V> implements ReadonlyMap<string, V> {
  readonly size: number;
  /** The entries, or where they went. */
  #state: Entries<V> | Moved<V>;
  /** How many differences hang on the entries since they were copied. */
  readonly #differences: number;

  /** @param entries - taken over: nobody else may change them */
  constructor(entries: Map<string, V>, differences = 0) {
    this.size = entries.size;
    this.#state = { entries };
    this.#differences = differences;
  }

  /** A copy without some names and then with some entries; a name that is both is there afterwards. */
  with(
    { remove, update }: { readonly remove: readonly string[]; readonly update: ReadonlyMap<string, V> },
  ): PersistentMap<V> {
    const entries = this.#entries();
    const differences = this.#differences + remove.length + update.size;
    // Old copies that somebody holds on to would keep all differences since, so these never outweigh the entries.
    if (differences > entries.size + MIN_DIFFERENCES) {
      const copy = new Map(entries);
      change(copy, remove, update);
      return new PersistentMap(copy);
    }
    const undo = change(entries, remove, update);
    const next = new PersistentMap(entries, differences);
    this.#state = { to: next, undo };
    return next;
  }

  get(name: string): V | undefined {
    return this.#entries().get(name);
  }

  has(name: string): boolean {
    return this.#entries().has(name);
  }

  // Iterators go over a copy: the entries may move to another copy of the map while they run.

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

  /** Takes the entries back from the copy that has them; without recursion, for many copies may be on the way. */
  #entries(): Map<string, V> {
    if ("entries" in this.#state) return this.#state.entries;
    const path: PersistentMap<V>[] = [this];
    for (let state: Entries<V> | Moved<V> = this.#state; "to" in state; state = path.at(-1)!.#state) {
      path.push(state.to);
    }
    let owner = path.pop()!;
    const { entries } = owner.#state as Entries<V>;
    for (const older of path.reverse()) {
      owner.#state = { to: older, undo: apply(entries, (older.#state as Moved<V>).undo) };
      older.#state = { entries };
      owner = older;
    }
    return entries;
  }
}

interface Entries<V> {
  readonly entries: Map<string, V>;
}

/** The entries are with another copy, which has them as they are here but for some names. */
interface Moved<V> {
  readonly to: PersistentMap<V>;
  /** The names that differ, as they are here. */
  readonly undo: ReadonlyMap<string, V | undefined>;
}

/** Below this a copy of everything costs next to nothing. */
const MIN_DIFFERENCES = 64;

function change<V>(
  entries: Map<string, V>,
  remove: readonly string[],
  update: ReadonlyMap<string, V>,
): ReadonlyMap<string, V | undefined> {
  const changes = new Map<string, V | undefined>(remove.map((name) => [name, undefined]));
  for (const [name, value] of update) changes.set(name, value);
  return apply(entries, changes);
}

/** Makes the changes and gives those that undo them. */
function apply<V>(
  entries: Map<string, V>,
  changes: ReadonlyMap<string, V | undefined>,
): ReadonlyMap<string, V | undefined> {
  const undo = new Map<string, V | undefined>();
  for (const [name, value] of changes) {
    undo.set(name, entries.get(name));
    if (value === undefined) entries.delete(name);
    else entries.set(name, value);
  }
  return undo;
}
