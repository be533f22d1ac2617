import { checkOptions, type Resource, type ResourceKey } from "../resource/mod.ts";
import { uselessResult } from "./rejection.ts";

/**
 * Refuses what is no change: it would be published as one that changes nothing, without a word.
 *
 * @param doing - what the change is for, such as `change a snapshot`
 * @param known - the names of the parts that a change may have
 * @throws TypeError that says what to give in its place
 */
export function checkChange(doing: string, change: unknown, known: Readonly<Record<string, true>>): void {
  if (typeof change !== "object" || change === null) throw uselessResult(change, `Cannot ${doing}: ${GIVE}`);
  if (isResource(change)) throw new TypeError(`Cannot ${doing} by a resource: ${GIVE}`);
  if (Symbol.iterator in change) throw new TypeError(`Cannot ${doing} by a list: ${GIVE}`);
  if ("then" in change) throw uselessResult(change, `Cannot ${doing}: ${GIVE}`);
  checkOptions(doing, change, known);
}

const GIVE = "give { update: [resource, …] }, { remove: … } or both";

/**
 * The resources of a list.
 *
 * @throws TypeError if it is none, or if it has anything else
 */
export function resourcesIn(doing: string, list: unknown): Resource[] {
  if (!isList(list)) throw uselessResult(list, `Cannot ${doing}: its update must be a list of resources`);
  const resources = [...list] as Resource[];
  for (const each of resources) checkResource(each);
  return resources;
}

/**
 * The names of a list.
 *
 * @throws TypeError if it is none, such as a single text, which is an iterable of its characters
 */
export function namesIn(doing: string, list: unknown): string[] {
  if (!isList(list)) throw uselessResult(list, `Cannot ${doing}: names to remove must be a list, such as ["app"]`);
  const names = [...list];
  if (names.every((each) => typeof each === "string")) return names;
  throw new TypeError(`Cannot ${doing}: names to remove must be texts`);
}

/**
 * The keys of what is removed from a snapshot: those of a list, or names by type.
 *
 * @throws TypeError for names without a type, and for a name that is not in a list
 */
export function keysIn(doing: string, remove: unknown): ResourceKey[] {
  if (typeof remove !== "object" || remove === null || isResource(remove)) {
    throw uselessResult(remove, `Cannot ${doing}: ${REMOVE}`);
  }
  if (!isList(remove)) {
    return Object.entries(remove).flatMap(([typeUrl, list]) => {
      return namesIn(doing, list).map((name) => ({ typeUrl, name }));
    });
  }
  const keys = [...remove] as ResourceKey[];
  if (keys.every((each) => isResource(each) && typeof each.name === "string")) return keys;
  throw new TypeError(`Cannot ${doing}: ${REMOVE}`);
}

const REMOVE = 'what is removed has a type, as in { [CLUSTER_TYPE]: ["app"] }';

/** @throws TypeError for anything but a resource, such as a list within a list */
export function checkResource(item: unknown): void {
  if (Array.isArray(item)) {
    throw new TypeError("Cannot publish a list within the list: spread it, as in [...edsCluster(name, hosts)]");
  }
  if (isResource(item)) return;
  throw new TypeError("Cannot publish a list of anything but resources: make them with resource(), or makers of v3");
}

/** By its shape rather than the class, which is another one in another copy of the package. */
function isResource(item: unknown): item is ResourceKey {
  return typeof (item as Partial<ResourceKey> | null | undefined)?.typeUrl === "string";
}

function isList(item: unknown): item is Iterable<unknown> {
  return typeof item === "object" && item !== null && Symbol.iterator in item;
}
