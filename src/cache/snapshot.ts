import {
  type ApiTable,
  INSPECT,
  normalName,
  type OptionNames,
  type Resource,
  type ResourceKey,
  SetHash,
} from "../resource/mod.ts";
import { RESOURCE_TYPES } from "../v3/resource-types.ts";
import { checkChange, keysIn, resourcesIn } from "./check-change.ts";
import { checkSnapshot, type Problem } from "./snapshot-check.ts";
import { changedSet, emptySet, newSet, type SnapshotSet } from "./snapshot-set.ts";

/** What a snapshot is made of. */
export interface SnapshotInit {
  /** The version of every type, as SotW clients see it. Default: for each type a hash of its content. */
  readonly version?: string;
  /** Resources of any types, in any order. Of those with the same type and name the last one counts; see `check`. */
  readonly resources: Iterable<Resource>;
}

/** A change of a snapshot. */
export interface SnapshotChange {
  /** The version of the types that change. Default: as the snapshot's: its own version, or a hash of the content. */
  readonly version?: string;
  /** Resources to add, or to replace those of the same type and name with. Default: none. */
  readonly update?: Iterable<Resource>;
  /** Resources to remove, or their names by type URL; those that do not exist are ignored. Default: none. */
  readonly remove?: Iterable<ResourceKey> | Readonly<Record<string, Iterable<string>>>;
  /** A resource is no change: it goes into the list `update`. */
  readonly typeUrl?: never;
}

const CHANGE_NAMES: OptionNames<Omit<SnapshotChange, "typeUrl">> = { version: true, update: true, remove: true };
const CHANGING = "change a snapshot";

/** Makes a snapshot of sets that exist already. Assigned by the class, whose constructor takes resources only. */
let snapshotOf: (parts: SnapshotParts) => Snapshot;

/** The configuration of one group of clients, of all types, at one moment: immutable. */
export class Snapshot {
  #sets: ReadonlyMap<string, SnapshotSet>;
  #duplicates: readonly Resource[];
  #version: string | undefined;
  /** The hashes of content that were needed so far, by type URL. */
  #hashes: Map<string, string> | undefined = undefined;

  /** A snapshot of resources; without options it has none. */
  constructor({ version, resources }: SnapshotInit = { resources: [] }) {
    const { sets, duplicates } = group(resources, version);
    this.#sets = sets;
    this.#duplicates = duplicates;
    this.#version = version;
  }

  static {
    snapshotOf = ({ sets, duplicates, version }) => {
      const snapshot = new Snapshot();
      snapshot.#sets = sets;
      snapshot.#duplicates = duplicates;
      snapshot.#version = version;
      return snapshot;
    };
  }

  /** The type URLs of its resources, and those whose last resource was removed by a change. */
  get types(): string[] {
    return [...this.#sets.keys()];
  }

  /** Resources that it was given, and that another one of the same type and name has replaced. */
  get duplicates(): readonly Resource[] {
    return this.#duplicates;
  }

  /** The resources of a type by name; empty for a type without any. */
  resources(typeUrl: string): ReadonlyMap<string, Resource> {
    return this.set(typeUrl).resources;
  }

  /** The resource of a type and a name; of an `xdstp:` name any spelling will do. */
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

  /** For caches: the resources of a type, with the difference to the set that they were made of. */
  set(typeUrl: string): SnapshotSet {
    return this.#sets.get(typeUrl) ?? emptySet(this.#version);
  }

  /**
   * A changed copy, made in O(what changes). Types that do not change, and all resources that stay, are shared with this
   * snapshot together with their encoded bytes.
   *
   * @throws TypeError for what is no change, such as a resource that is not in the list `update`
   */
  with(change: SnapshotChange): Snapshot {
    checkChange(CHANGING, change, CHANGE_NAMES);
    const updates = Map.groupBy(resourcesIn(CHANGING, change.update ?? []), ({ typeUrl }) => typeUrl);
    const removals = Map.groupBy(keysIn(CHANGING, change.remove ?? []), ({ typeUrl }) => typeUrl);
    const sets = new Map(this.#sets);
    for (const typeUrl of new Set([...updates.keys(), ...removals.keys()])) {
      const update = updates.get(typeUrl) ?? [];
      const remove = (removals.get(typeUrl) ?? []).map(({ name }) => normalName(name));
      sets.set(typeUrl, changedSet(this.set(typeUrl), typeUrl, { version: change.version, update, remove }));
    }
    const duplicates = this.#duplicates.filter((each) =>
      sets.get(each.typeUrl)!.resources.get(each.name) === this.get(each.typeUrl, each.name)
    );
    // Of resources with one name the last one is in the set.
    for (const [typeUrl, update] of updates) {
      const { base, resources } = sets.get(typeUrl)!;
      if (base!.update.length < update.length) {
        duplicates.push(...update.filter((each) => resources.get(each.name) !== each));
      }
    }
    return snapshotOf({ sets, duplicates, version: this.#version });
  }

  /** What `JSON.stringify` writes: the number of resources of each type, and no content. */
  toJSON(): SnapshotSummary {
    const counts = [...this.#sets].map(([typeUrl, { resources }]) => [typeUrl, resources.size] as const);
    return { ...this.#version !== undefined && { version: this.#version }, resources: Object.fromEntries(counts) };
  }

  /** The same as a text. */
  toString(): string {
    return `Snapshot(${JSON.stringify(this)})`;
  }

  /** What `console.log` shows: the names of the resources, by type. */
  [INSPECT](): string {
    const types = [...this.#sets].filter(([, { resources }]) => resources.size > 0).map(([typeUrl, { resources }]) => {
      const names = [...resources.keys()].slice(0, MAX_NAMES).map((name) => JSON.stringify(name)).join(", ");
      const more = resources.size - MAX_NAMES;
      return `\n  ${typeUrl} (${resources.size}): ${names}${more > 0 ? ` and ${more} more` : ""}`;
    });
    const version = this.#version === undefined ? "" : `${JSON.stringify(this.#version)} `;
    return `Snapshot ${version}{${types.join("")}${types.length > 0 ? "\n" : ""}}`;
  }

  /**
   * Looks for resources that a client would reject, or could not use: references to resources that are not in the
   * snapshot, names given twice, bytes that cannot be read. Resources without a reference to them are fine.
   *
   * @param api - the table with the references of each type. Default: v3's.
   * @returns the problems; none if the snapshot is consistent
   */
  check(api: Pick<ApiTable, "types"> = { types: RESOURCE_TYPES }): Problem[] {
    return checkSnapshot(this, this.#duplicates, api.types);
  }
}

/** Of a type, when a snapshot is shown. */
const MAX_NAMES = 10;

/** What is shown of a snapshot. */
export interface SnapshotSummary {
  /** The version that the snapshot was given, if any. */
  readonly version?: string;
  /** The number of resources, by type URL. */
  readonly resources: Readonly<Record<string, number>>;
}

/** The state of a snapshot. */
interface SnapshotParts {
  readonly sets: ReadonlyMap<string, SnapshotSet>;
  /** Resources that others of the same name have replaced. */
  readonly duplicates: readonly Resource[];
  /** The version of the types without resources, and of types that are added. */
  readonly version: string | undefined;
}

/** For caches: a snapshot of sets that exist already. */
export function snapshotOfSets(sets: ReadonlyMap<string, SnapshotSet>, version: string | undefined): Snapshot {
  return snapshotOf({ sets, duplicates: [], version });
}

function group(
  resources: Iterable<Resource>,
  version: string | undefined,
): { readonly sets: ReadonlyMap<string, SnapshotSet>; readonly duplicates: readonly Resource[] } {
  const byType = new Map<string, Map<string, Resource>>();
  const duplicates: Resource[] = [];
  for (const resource of resources) {
    const { typeUrl, name } = resource;
    let set = byType.get(typeUrl);
    if (set === undefined) byType.set(typeUrl, set = new Map());
    const replaced = set.get(name);
    if (replaced !== undefined) duplicates.push(replaced);
    set.set(name, resource);
  }
  return { sets: new Map([...byType].map(([typeUrl, set]) => [typeUrl, newSet(typeUrl, set, version)])), duplicates };
}
