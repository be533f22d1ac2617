import { type ApiTable, normalName, type Resource, SetHash } from "../resource/mod.ts";
import { v3 } from "../v3/table.ts";
import { PersistentMap } from "./persistent-map.ts";
import { checkSnapshot, type Problem } from "./snapshot-check.ts";

/** What a snapshot is made of. */
export interface SnapshotInit {
  /** The version of every type, as SotW clients see it. Default: for each type a hash of its content. */
  readonly version?: string;
  /** Resources of any types, in any order. Where two share type and name the last one counts, and `check` tells. */
  readonly resources: Iterable<Resource>;
}

/** A change of a snapshot. */
export interface SnapshotChange {
  /** The version of the types that change. Default: as the snapshot's: its own version, or a hash of the content. */
  readonly version?: string;
  /** Resources to add, or to put in the place of those of the same type and name. */
  readonly update?: Iterable<Resource>;
  /** Resources to remove; what does not exist is passed over. */
  readonly remove?: Iterable<ResourceKey> | Readonly<Record<string, Iterable<string>>>;
}

/** Names a resource; a `Resource` is one. */
export interface ResourceKey {
  readonly typeUrl: string;
  readonly name: string;
}

/** The resources of one type in a snapshot. */
export interface SnapshotSet {
  readonly resources: PersistentMap<Resource>;
  /** The user's version; undefined for a hash of the content. */
  readonly version: string | undefined;
  /** Names this content; a set that was made by changing another tells which, and how. */
  readonly id: symbol;
  readonly base:
    | { readonly id: symbol; readonly update: readonly Resource[]; readonly remove: readonly string[] }
    | undefined;
}

/** All that one group of clients should have, of all types, at one moment: immutable. */
export class Snapshot {
  readonly #sets: ReadonlyMap<string, SnapshotSet>;
  readonly #duplicates: readonly ResourceKey[];
  readonly #version: string | undefined;
  #hashes: Map<string, string> | undefined = undefined;

  constructor(init: SnapshotInit = { resources: [] }) {
    if (init instanceof Derived) {
      this.#sets = init.sets;
      this.#duplicates = init.duplicates;
    } else {
      const { sets, duplicates } = group(init);
      this.#sets = sets;
      this.#duplicates = duplicates;
    }
    this.#version = init.version;
  }

  /** The type URLs that it has resources of, or had before a change removed the last one. */
  get types(): string[] {
    return [...this.#sets.keys()];
  }

  /** The resources of a type by name; empty for a type that it has nothing of. */
  resources(typeUrl: string): ReadonlyMap<string, Resource> {
    return this.set(typeUrl).resources;
  }

  get(typeUrl: string, name: string): Resource | undefined {
    return this.set(typeUrl).resources.get(normalName(name));
  }

  /** The version of a type: the one given, or a hash of the content that is the same on every replica. */
  version(typeUrl: string): string {
    const set = this.set(typeUrl);
    if (set.version !== undefined) return set.version;
    this.#hashes ??= new Map();
    let hash = this.#hashes.get(typeUrl);
    if (hash === undefined) {
      const sum = new SetHash();
      for (const { name, version } of set.resources.values()) sum.add(name, version);
      this.#hashes.set(typeUrl, hash = sum.toString());
    }
    return hash;
  }

  /** For caches: the resources of a type with what is known of their origin. */
  set(typeUrl: string): SnapshotSet {
    return this.#sets.get(typeUrl) ?? emptySet(this.#version);
  }

  /**
   * A changed copy, made in O(what changes). Types that do not change, and all resources that stay, are shared with this
   * snapshot together with their encoded bytes.
   */
  with(change: SnapshotChange): Snapshot {
    const updates = Map.groupBy(change.update ?? [], ({ typeUrl }) => typeUrl);
    const removals = Map.groupBy(keys(change.remove ?? []), ({ typeUrl }) => typeUrl);
    const sets = new Map(this.#sets);
    for (const typeUrl of new Set([...updates.keys(), ...removals.keys()])) {
      const update = updates.get(typeUrl) ?? [];
      const remove = (removals.get(typeUrl) ?? []).map(({ name }) => normalName(name));
      sets.set(typeUrl, changedSet(this.set(typeUrl), typeUrl, { version: change.version, update, remove }));
    }
    return new Snapshot(new Derived(sets, this.#duplicates, this.#version));
  }

  /**
   * Looks for what clients would reject or wait for: references to resources that are not there, names given twice,
   * bytes that cannot be read. Resources that nothing refers to are fine.
   *
   * @param api - the version of the API that says how types refer to each other. Default: v3.
   * @returns the problems; none if it is consistent
   */
  check(api: ApiTable = v3): Problem[] {
    return checkSnapshot(this, this.#duplicates, api);
  }
}

/** For caches: a snapshot of sets that exist already. */
export function snapshotOfSets(sets: ReadonlyMap<string, SnapshotSet>, version: string | undefined): Snapshot {
  return new Snapshot(new Derived(sets, [], version));
}

/** For caches: a changed copy of a set, in O(what changes). */
export function changedSet(
  before: SnapshotSet,
  typeUrl: string,
  change: {
    readonly version: string | undefined;
    readonly update: readonly Resource[];
    readonly remove: readonly string[];
  },
): SnapshotSet {
  const update = new Map(change.update.map((resource) => [resource.name, resource]));
  const resources = before.resources.with({ remove: change.remove, update });
  // A name that is both removed and updated is there afterwards.
  const remove = change.remove.filter((name) => !update.has(name));
  return {
    resources,
    version: change.version ?? before.version,
    id: Symbol(typeUrl),
    base: { id: before.id, update: [...update.values()], remove },
  };
}

/** For caches: what a snapshot has of a type that it has nothing of. */
export function emptySet(version?: string): SnapshotSet {
  return { resources: new PersistentMap(new Map()), version, id: EMPTY, base: undefined };
}

const EMPTY = Symbol("empty");

/** The way to make a snapshot of sets that exist already. */
class Derived implements SnapshotInit {
  readonly resources: Iterable<Resource> = [];
  readonly sets: ReadonlyMap<string, SnapshotSet>;
  readonly duplicates: readonly ResourceKey[];
  readonly version?: string;

  constructor(
    sets: ReadonlyMap<string, SnapshotSet>,
    duplicates: readonly ResourceKey[],
    version: string | undefined,
  ) {
    this.sets = sets;
    this.duplicates = duplicates;
    if (version !== undefined) this.version = version;
  }
}

function group({ resources, version }: SnapshotInit): { sets: Map<string, SnapshotSet>; duplicates: ResourceKey[] } {
  const byType = new Map<string, Map<string, Resource>>();
  const duplicates: ResourceKey[] = [];
  for (const resource of resources) {
    const { typeUrl, name } = resource;
    let set = byType.get(typeUrl);
    if (set === undefined) byType.set(typeUrl, set = new Map());
    if (set.has(name)) duplicates.push({ typeUrl, name });
    set.set(name, resource);
  }
  const sets = new Map<string, SnapshotSet>();
  for (const [typeUrl, set] of byType) {
    sets.set(typeUrl, { resources: new PersistentMap(set), version, id: Symbol(typeUrl), base: undefined });
  }
  return { sets, duplicates };
}

function* keys(remove: NonNullable<SnapshotChange["remove"]>): Iterable<ResourceKey> {
  if (Symbol.iterator in remove) return yield* remove as Iterable<ResourceKey>;
  for (const [typeUrl, names] of Object.entries(remove)) {
    for (const name of names) yield { typeUrl, name };
  }
}
