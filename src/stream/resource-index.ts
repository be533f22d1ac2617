import { normalName, type Resource } from "../resource/mod.ts";

/** Resources by their name in its normal form: made once for all streams that were sent the same list. */
export function indexByName(resources: readonly Resource[]): ReadonlyMap<string, Resource> {
  let index = indexes.get(resources);
  if (index === undefined) {
    index = new Map(resources.map((resource) => [normalName(resource.name), resource]));
    indexes.set(resources, index);
  }
  return index;
}

const indexes = new WeakMap<readonly Resource[], ReadonlyMap<string, Resource>>();
