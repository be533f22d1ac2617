import type { Cache, Node } from "../cache/mod.ts";
import type { Resource } from "../resource/mod.ts";

/** A cache to test, with the way into it: all that the kit needs to know of a backend. */
export interface CacheUnderTest {
  readonly cache: Cache;
  /**
   * Makes the backend hold what the publication says. Watchers may be told of it later; what must not happen is seen
   * with certainty only where they are told before the promise resolves.
   */
  publish(publication: Publication): void | Promise<void>;
  /** Lets go of what the backend holds open. Called once all watches are closed. Default: nothing is called. */
  close?(): void | Promise<void>;
}

/** One publication, told in two ways: as all that there is afterwards, and as what changed. Use either. */
export interface Publication {
  /** The client that it is for. Caches that give all clients the same, and say so by `lacks`, may ignore it. */
  readonly node: Node;
  /** All resources of that client, of all types, as of now. */
  readonly resources: readonly Resource[];
  /** The resources to add or to put in the place of others; some may be the same as before. */
  readonly update: readonly Resource[];
  /** The resources to remove, as they were. */
  readonly remove: readonly Resource[];
}

/** A type of resources that the cache can hold. */
export interface TestType {
  readonly typeUrl: string;
  /** Makes a resource. Those that differ in `content`, a small positive number, must differ in their bytes. */
  make(name: string, content: number): Resource;
}

/**
 * What not every cache has; all the rest is required of each.
 *
 * - `waiting`: as long as nothing was published at all, it does not answer.
 * - `selective`: it wakes nobody for whom there is nothing new. Without that the answers are the same; only work is lost.
 * - `collections`: it wakes who wants a whole collection, and so what clients ask for by `xdstp://…/*`, or by names that
 *   stand for resources.
 * - `types`: it holds several types.
 * - `nodes`: it gives each client its own resources.
 * - `atomic`: one publication of several types is there as a whole before anybody is told of it, so that a stream sends
 *   what belongs together in the right order.
 * - `stable`: equal content has equal versions in every instance, so that a client that reconnects to another replica
 *   is not sent what it has.
 */
export type Ability = "waiting" | "selective" | "collections" | "types" | "nodes" | "atomic" | "stable";
