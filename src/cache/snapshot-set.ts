import type { Resource } from "../resource/mod.ts";
import type { EqualSets } from "./equal-sets.ts";
import { PersistentMap } from "./persistent-map.ts";

/**
 * The resources of one type in a snapshot, immutable.
 *
 * Invariant: two sets with the same `id` have the same content, so that a cache that holds one need not compare.
 */
export interface SnapshotSet {
  /** The resources by name. */
  readonly resources: ReadonlyMap<string, Resource>;
  /** The version that the publisher gave; undefined for a hash of the content. */
  readonly version: string | undefined;
  /** Identifies the content. */
  readonly id: symbol;
  /** The difference to the set that this one was made of; undefined for a set made of resources. */
  readonly base:
    | { readonly id: symbol; readonly update: readonly Resource[]; readonly remove: readonly string[] }
    | undefined;
}

/** A change of one set. */
export interface SetChange {
  /** The version of the changed set. Default: that of the set before. */
  readonly version: string | undefined;
  readonly update: readonly Resource[];
  /** Names in their normal form; one that is updated as well exists afterwards. */
  readonly remove: readonly string[];
}

/** A set of resources that no other set is related to. @param resources - handed over: it must not be changed */
export function newSet(typeUrl: string, resources: Map<string, Resource>, version: string | undefined): SnapshotSet {
  return { resources: new PersistentMap(resources), version, id: Symbol(typeUrl), base: undefined };
}

/** The set of a type without resources. */
export function emptySet(version?: string): SnapshotSet {
  return { resources: new PersistentMap(new Map()), version, id: EMPTY, base: undefined };
}

/** A changed copy of a set, in O(what changes). */
export function changedSet(before: SnapshotSet, typeUrl: string, change: SetChange): SnapshotSet {
  const update = new Map<string, Resource>();
  for (const resource of change.update) update.set(resource.name, resource);
  // All sets are made in this file; what others see of the map is that they cannot change it.
  const resources = (before.resources as PersistentMap<Resource>).with({ remove: change.remove, update });
  const remove = change.remove.filter((name) => !update.has(name));
  return {
    resources,
    version: change.version ?? before.version,
    id: Symbol(typeUrl),
    base: { id: before.id, update: [...update.values()], remove },
  };
}

/**
 * Has a set hold resources that others hold as well, instead of equal ones of its own.
 *
 * @param since - the set that was published before; undefined for none
 * @param share - the resource to hold
 */
export function shareResources(
  set: SnapshotSet,
  since: SnapshotSet | undefined,
  share: (resource: Resource) => Resource,
): void {
  const shared = new Map<string, Resource>();
  for (const resource of changesOf(set, since)) {
    const held = share(resource);
    if (held !== resource) shared.set(held.name, held);
  }
  if (shared.size === 0) return;
  // All sets are made in this file, with arrays of their own.
  (set.resources as PersistentMap<Resource>).substitute(shared);
  const update = set.base?.update as Resource[] | undefined;
  update?.forEach(({ name }, i) => update[i] = shared.get(name) ?? update[i]!);
}

/** Has a set that was made of resources share its Map with an equal one. */
export function shareSet({ resources, base }: SnapshotSet, known: EqualSets): void {
  if (base === undefined) known.share(resources as PersistentMap<Resource>);
}

/** The resources of a set that another did not have; of a changed copy only the changes are visited. */
export function changesOf({ id, base, resources }: SnapshotSet, since: SnapshotSet | undefined): Iterable<Resource> {
  if (since?.id === id) return [];
  return base !== undefined && base.id === since?.id ? base.update : resources.values();
}

const EMPTY = Symbol("empty");
