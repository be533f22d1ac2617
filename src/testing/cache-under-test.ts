import type { Cache, Node } from "../cache/mod.ts";
import type { Resource } from "../resource/mod.ts";

/** A cache to test, and the way to publish to its backend. */
export interface CacheUnderTest {
  /** The cache; nothing was published to it yet. */
  readonly cache: Cache;
  /**
   * Publishes to the backend. Watchers may be called later; a call that must not happen is found with certainty only
   * in caches that call their watchers before the promise resolves.
   */
  publish(publication: Publication): void | Promise<void>;
  /** Closes the backend. Called once all watches are closed. Default: nothing is called. */
  close?(): void | Promise<void>;
}

/** One publication in two forms: all resources after it, and the difference to those before. Use either. */
export interface Publication {
  /** The client that it is for. Caches that serve all clients the same may ignore it; they lack `nodes`. */
  readonly node: Node;
  /** All resources of that client after the publication, of all types. */
  readonly resources: readonly Resource[];
  /** The resources to add or to replace; some may be the same as before. */
  readonly update: readonly Resource[];
  /** The resources to remove, in their last version. */
  readonly remove: readonly Resource[];
}

/** A type of resources that the cache can hold. */
export interface TestType {
  /** The type URL. */
  readonly typeUrl: string;
  /** Makes a resource. Resources that differ in `content`, a small positive number, must differ in their bytes. */
  make(name: string, content: number): Resource;
}

/**
 * A part of the contract that not every cache has; all the rest is required of each.
 *
 * - `waiting`: it does not call watchers before the first publication.
 * - `selective`: it does not call watchers whose resources did not change. Without it clients see the same.
 * - `collections`: it calls watchers of a whole collection, as needed for names such as `xdstp://…/*` and for virtual
 *   hosts on demand.
 * - `types`: it holds several types.
 * - `nodes`: it serves each client its own resources.
 * - `atomic`: all types of a publication are changed before the first watcher is called, so that an ADS stream sends
 *   them in order.
 * - `stable`: equal content has equal versions in every instance, so that a client that reconnects to another replica
 *   is not sent again what it has.
 */
export type Ability = "waiting" | "selective" | "collections" | "types" | "nodes" | "atomic" | "stable";
