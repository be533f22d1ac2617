import type { Resource } from "../resource/mod.ts";

/**
 * Finds a resource that is equal in everything to one that is about to be published, and was published before: nodes
 * with equal resources then hold the same one, as resources are immutable.
 *
 * The table is weak and bounded: it retains no resource. A resource that it has lost is shared from the next one on.
 */
export class EqualResources {
  readonly #known = new Map<string, WeakRef<Resource>>();

  /** The equal one that was published before, or this one, which is known from now on. It has to be encodable. */
  share(resource: Resource): Resource {
    const key = `${resource.version} ${resource.name}`;
    const known = this.#known.get(key)?.deref();
    if (known !== undefined && isEqual(known, resource)) return known;
    this.#known.delete(key);
    this.#known.set(key, new WeakRef(resource));
    if (this.#known.size > MAX_KNOWN) this.#known.delete(this.#known.keys().next().value!);
    return resource;
  }
}

/** About 100 bytes each. The resources that nodes have in common are fewer. */
const MAX_KNOWN = 16_384;

/** Whether two resources are equal in everything: the record for delta has all of it, and is there already. */
export function isEqual(a: Resource, b: Resource): boolean {
  return a === b || (a.version === b.version && isSame(a.deltaRecord, b.deltaRecord));
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
