import { haveEqualRecords, type Resource } from "../resource/mod.ts";

/**
 * Finds a resource that is equal in everything to one that is about to be published, and was published before: nodes
 * with equal resources then hold the same one, as resources are immutable.
 *
 * The table is weak and bounded: it retains no resource. A resource that it has lost is shared from the next one on. It
 * forgets by dropping the older of two halves: deleting the oldest entry of a map takes a walk over those deleted before.
 */
export class EqualResources {
  #known = new Map<number, WeakRef<Resource>>();
  #older = new Map<number, WeakRef<Resource>>();

  /** The equal one that was published before, or this one, which is known from now on. It has to be encodable. */
  share(resource: Resource): Resource {
    const key = keyOf(resource);
    let known = this.#known.get(key)?.deref();
    if (known !== undefined && isEqual(known, resource)) return known;
    known = this.#older.get(key)?.deref();
    const shared = known !== undefined && isEqual(known, resource) ? known : resource;
    this.#known.set(key, new WeakRef(shared));
    if (this.#known.size >= MAX_KNOWN / 2) {
      this.#older = this.#known;
      this.#known = new Map();
    }
    return shared;
  }
}

/** About 60 bytes each. The resources that nodes have in common are fewer. */
const MAX_KNOWN = 16_384;

/** A number that other resources hardly ever have: those that do have a place in turn. */
function keyOf({ version, name }: Resource): number {
  let hash = 0;
  for (let i = 0; i < version.length; i++) hash = Math.imul(hash, 31) + version.charCodeAt(i) | 0;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash, 31) + name.charCodeAt(i) | 0;
  return hash & 0x3fffffff; // as small as engines hold without an object
}

/** Whether two resources are equal in everything. */
export function isEqual(a: Resource, b: Resource): boolean {
  return a === b || (a.version === b.version && haveEqualRecords(a, b));
}
