import type * as core from "../../gen/envoy/config/core/v3/base_pb.ts";
import type { Resource } from "../resource/mod.ts";

/**
 * Where configuration comes from: the one interface between a backend and the protocol.
 *
 * A cache says *what* each client should have. It knows nothing of nonces, ACKs, state of the world or delta; the
 * stream decides when and how to send.
 */
export interface Cache {
  /**
   * Opens a watch: one for each stream and type, kept until it is closed. Any type URL is allowed; a cache that knows
   * nothing of one holds the watch, since it may come to know it.
   *
   * @param watcher - called each time that something which the subscription wants may have changed, with the view to
   * read it from; also, at once or later, as soon as there is anything to read. It returns at once and does not throw.
   * As long as it was not called the client is told nothing: no configuration yet is not an empty configuration.
   */
  watch(request: WatchRequest, watcher: Watcher): Watch;
}

/** A client as it describes itself: its id, cluster, locality, metadata and version. */
export type Node = core.Node;

/** Who watches, and what. */
export interface WatchRequest {
  /** The client, as it described itself in the first request of its stream. */
  readonly node: Node;
  /** The type URL. */
  readonly type: string;
  /** What the client is subscribed to: a live object that changes before `subscriptionChanged` is called. */
  readonly subscription: Subscription;
}

/** What a client asked for, of one type. */
export interface Subscription {
  /** Everything that there is, beside the names. */
  readonly wildcard: boolean;
  /**
   * The names asked for one by one, whether they exist or not. Names of the form `xdstp://…` are in their normal form;
   * those that end in a star, as `xdstp://authority/type/folder/*?key=value`, stand for all that is directly in there.
   */
  readonly names: ReadonlySet<string>;
  /**
   * The collections of which any member may be wanted: of each resource `collectionOf` its name says in which it is.
   * They follow from the names, so a cache that loads by name goes by those. Default: none.
   */
  readonly collections?: ReadonlySet<string>;
}

/** Receives the view of a watch. */
export type Watcher = (view: View) => void;

/** A change of what a client is subscribed to. */
export interface SubscriptionChange {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** What changed of the collections. Default: nothing. */
  readonly addedCollections?: readonly string[];
  readonly removedCollections?: readonly string[];
}

/** An open watch. */
export interface Watch {
  /**
   * The subscription has changed already, as described. A cache that loads by name starts to here; one that has all
   * that it will ever have needs to do no more than to index the names.
   */
  subscriptionChanged(change: SubscriptionChange): void;
  /** Ends the watch; the watcher is not called any more. */
  close(): void;
}

/**
 * The resources of one type as one client should have them: live, so that who reads late reads the latest.
 *
 * A revision grows with each change and means nothing beyond this view: a position in its ordered log of changes.
 */
export interface View extends Iterable<Resource> {
  /** The version of the whole set, as SotW clients see it in `version_info`. */
  readonly version: string;
  /** Grows with each change. */
  readonly revision: number;
  /** How many resources there are. */
  readonly size: number;
  get(name: string): Resource | undefined;
  /**
   * Whether a name that there is nothing of is still being looked for. Nobody is told that it does not exist before the
   * watcher is called again, which is to be done in any case. Default: nothing is.
   */
  readonly isLoading?: ((name: string) => boolean) | undefined;
  /**
   * What changed since a revision, each name once, as it is now: a resource that was added or changed, or undefined
   * for one that is gone. A name that changed and then changed back is not there, unless that was so long ago, or so
   * often, that it is not known any more.
   *
   * @returns undefined if the revision is too long ago to say: compare in full
   */
  changesSince(revision: number): ReadonlyMap<string, Resource | undefined> | undefined;
}
