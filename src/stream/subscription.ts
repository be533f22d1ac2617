import type { Subscription as CacheSubscription, SubscriptionChange } from "../cache/mod.ts";
import { collectionOf } from "../resource/mod.ts";

/** The name that subscribes to all resources of a type. */
export const WILDCARD = "*";

/**
 * The subscription of one client to one type. Of the stream's own objects a cache gets this one alone, with the names, the
 * collections and the wildcard.
 *
 * Invariant: `names` is the same set for as long as the subscription exists, and never has `*`; `collections` has exactly
 * the collections of `names`.
 */
export class Subscription implements CacheSubscription {
  readonly wildcard: boolean = false;
  readonly names: ReadonlySet<string> = new Set();
  readonly collections: ReadonlySet<string> = NONE;
  readonly #collectionFor: (name: string) => string | undefined;
  /** The number of names in each collection. */
  #counts: Map<string, number> | undefined = undefined;
  #hasNamed = false;
  #nameLength = 0;

  /** @param collectionFor - the collection whose members may be sent for a name; undefined for a single resource */
  constructor(collectionFor: (name: string) => string | undefined) {
    this.#collectionFor = collectionFor;
  }

  /** UTF-16 units of all names. */
  get nameLength(): number {
    return this.#nameLength;
  }

  /** Whether the client subscribes to no resource. */
  get isEmpty(): boolean {
    return !this.wildcard && this.names.size === 0;
  }

  /**
   * Whether a request of this stream has named a resource, so that a SotW request without names unsubscribes.
   * Source: https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#how-the-client-specifies-what-resources-to-return
   */
  get hasNamed(): boolean {
    return this.#hasNamed;
  }

  /** Whether the subscription matches a resource of this name. */
  matches(name: string): boolean {
    if (this.wildcard || this.names.has(name)) return true;
    if (this.collections.size === 0) return false;
    const collection = collectionOf(name);
    return collection !== undefined && this.collections.has(collection);
  }

  /** Notes that a request has names. */
  noteNames(): void {
    this.#hasNamed = true;
  }

  setWildcard(on: boolean): void {
    (this as Writable<Subscription>).wildcard = on;
  }

  /** Subscribes to a name in its normal form. @returns false if it was subscribed already */
  add(name: string, change: ChangeDraft): boolean {
    if (this.names.has(name)) return false;
    (this.names as Set<string>).add(name);
    this.#nameLength += name.length;
    change.added.push(name);
    const collection = this.#collectionFor(name);
    if (collection === undefined) return true;
    const count = this.#counts?.get(collection) ?? 0;
    (this.#counts ??= new Map()).set(collection, count + 1);
    if (count === 0) {
      if (this.collections === NONE) (this as Writable<Subscription>).collections = new Set();
      (this.collections as Set<string>).add(collection);
      (change.addedCollections ??= []).push(collection);
    }
    return true;
  }

  /** Unsubscribes from a name in its normal form. @returns false if it was not subscribed */
  remove(name: string, change: ChangeDraft): boolean {
    if (!(this.names as Set<string>).delete(name)) return false;
    this.#nameLength -= name.length;
    change.removed.push(name);
    const collection = this.#counts && this.#collectionFor(name);
    if (collection === undefined) return true;
    const count = this.#counts!.get(collection)! - 1;
    if (count > 0) this.#counts!.set(collection, count);
    else {
      this.#counts!.delete(collection);
      (this.collections as Set<string>).delete(collection);
      (change.removedCollections ??= []).push(collection);
    }
    return true;
  }
}

/** What a request changes of a subscription, while it is applied. */
export interface ChangeDraft {
  readonly added: string[];
  readonly removed: string[];
  addedCollections?: string[];
  removedCollections?: string[];
}

/** What a request has changed of a subscription. */
export interface SubscriptionUpdate extends SubscriptionChange {
  /** Whether the wildcard was subscribed or unsubscribed. */
  readonly wildcardChanged: boolean;
}

/** Whether a cache has to follow an update. */
export function isChange({ added, removed, wildcardChanged }: SubscriptionUpdate): boolean {
  return added.length > 0 || removed.length > 0 || wildcardChanged;
}

const NONE: ReadonlySet<string> = new Set();

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
