import { CollectionIndex, type View } from "../../cache/mod.ts";
import { isGlob, type Resource } from "../../resource/mod.ts";
import type { Subscription } from "../subscription.ts";

/** The collection that a name stands for; undefined for the name of a single resource. */
export function globOf(name: string): string | undefined {
  return isGlob(name) ? name : undefined;
}

/** The resources that a name subscribes to: its own, or all members of the collection that it names. */
export function resourcesFor(name: string, subscription: Subscription, view: View): readonly Resource[] {
  if (!subscription.collections.has(name)) {
    const resource = view.get(name);
    return resource === undefined ? NO_RESOURCES : [resource];
  }
  return [...CollectionIndex.of(view).members(name)].map((each) => view.get(each)!);
}

/** The resources that names subscribe to, each once. @param pinned - those that count although they were removed */
export function resourcesForAll(
  names: Iterable<string>,
  { subscription, view }: { readonly subscription: Subscription; readonly view: View },
  pinned: ReadonlyMap<string, Resource> = NONE_PINNED,
): Set<Resource> {
  const resources = new Set<Resource>();
  for (const name of names) {
    const resource = view.get(name) ?? pinned.get(name);
    if (resource !== undefined) resources.add(resource);
    if (!subscription.collections.has(name)) continue;
    for (const member of resourcesFor(name, subscription, view)) resources.add(member);
  }
  return resources;
}

/** The subscribed resources that have a ttl. */
export function resourcesWithTtl(subscription: Subscription, view: View): readonly Resource[] {
  const subscribed = subscription.wildcard ? view : resourcesForAll(subscription.names, { subscription, view });
  return [...subscribed].filter(({ ttlMs }) => ttlMs !== undefined);
}

const NO_RESOURCES: readonly Resource[] = [];
const NONE_PINNED: ReadonlyMap<string, Resource> = new Map();
