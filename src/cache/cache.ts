import type * as core from "../../gen/envoy/config/core/v3/base_pb.ts";
import type { Resource } from "../resource/mod.ts";

/**
 * Where configuration comes from: the one interface between a backend and the protocol.
 *
 * A cache says *what* each client should have. It does not handle nonces, ACKs, SotW or delta; the stream decides when
 * and how to send.
 */
export interface Cache {
  /**
   * Opens a watch: one for each stream and type, open until it is closed. Any type URL is allowed; a cache without
   * resources of the type leaves the watch open and does not call the watcher.
   *
   * @param watcher - called with the view once it has been loaded, at once or later, and after each change of a resource
   * that the subscription matches. It returns at once and does not throw. Before the first call the client receives
   * nothing: no configuration yet is not an empty configuration.
   */
  watch(request: WatchRequest, watcher: Watcher): Watch;
  /**
   * Says why a watch has no view yet, such as `node "a" has no snapshot`: for the log and for `explain()` of the server,
   * which call it rarely. Default: the reason is not known.
   */
  explain?(request: WatchRequest): string | undefined;
  /**
   * Says what is wrong at present with where the configuration comes from, so that clients have a former one, as in
   * `routes.yaml:9:49 virtual_hosts: Expected a list`: for `status()` and `explain()` of the server. Default: nothing.
   *
   * @param node - leaves out what does not concern this client. Default: all is said.
   * @returns a line each
   */
  sourceErrors?(node?: Node): readonly string[];
}

/** A client as it describes itself: its id, cluster, locality, metadata and version. */
export type Node = core.Node;

/** The client, type and subscription of a watch. */
export interface WatchRequest {
  /** The client as it has described itself last; where that changes during a stream, a new watch is opened. */
  readonly node: Node;
  /** The type URL. */
  readonly type: string;
  /** The subscription: a live object, which changes before `subscriptionChanged` is called. */
  readonly subscription: Subscription;
  /**
   * Reports an error that no call can throw, such as one of a source that is followed: a server passes it to its log and
   * to its `onError`, and names it in `explain()`. Default: the watch is not that of a server.
   *
   * @param isHandled - the cache has called a handler of its user with it, so that it is for `explain()` alone
   */
  readonly onError?: (error: unknown, isHandled: boolean) => void;
}

/** The subscription of a client to one type: it matches resources by the wildcard, by names and by collections. */
export interface Subscription {
  /** Whether all resources are subscribed, beside the names. */
  readonly wildcard: boolean;
  /**
   * The names subscribed to, whether they exist or not. Those of the form `xdstp://…` are in their normal form. A name
   * such as `xdstp://authority/type/folder/*?key=value` is that of a collection, and matches its direct members.
   */
  readonly names: ReadonlySet<string>;
  /**
   * The collections whose members the subscription matches; `collectionOf` says which one a name belongs to. They
   * follow from the names, so a cache that loads by name needs only these. Default: none.
   */
  readonly collections?: ReadonlySet<string>;
}

/** Receives the view of a watch. */
export type Watcher = (view: View) => void;

/** A change of a subscription. A change of the wildcard alone has no names. */
export interface SubscriptionChange {
  /** The names subscribed. */
  readonly added: readonly string[];
  /** The names unsubscribed. */
  readonly removed: readonly string[];
  /** The collections subscribed. Default: none. */
  readonly addedCollections?: readonly string[];
  /** The collections unsubscribed. Default: none. */
  readonly removedCollections?: readonly string[];
}

/** An open watch. */
export interface Watch {
  /**
   * Follows a change of the subscription, which has happened already. A cache that loads by name starts loading here;
   * others update their index of watches. The watcher need not be called for resources that are in the view.
   */
  subscriptionChanged(change: SubscriptionChange): void;
  /** Closes the watch: the watcher is not called again. */
  close(): void;
}

/**
 * The resources of one type as one client should have them. A view is live: a late read returns the latest.
 *
 * A revision is a position in the view's ordered log of changes, and means nothing in another view.
 */
export interface View extends Iterable<Resource> {
  /** The version of the whole set, as SotW clients see it in `version_info`. Not empty. */
  readonly version: string;
  /** The revision of the latest change. */
  readonly revision: number;
  /** The number of resources. */
  readonly size: number;
  /** The resource of a name in its normal form; undefined if it does not exist. */
  get(name: string): Resource | undefined;
  /**
   * Whether a missing name is still loading. It is not reported as removed until the watcher is called again; call it
   * when loading ends, whether the resource was found or not. Default: never.
   */
  readonly isLoading?: ((name: string) => boolean) | undefined;
  /**
   * The names that changed since a revision, each with its present resource, or undefined if that was removed. A name
   * that changed back is left out, unless its history was compacted.
   *
   * @returns undefined if the revision was compacted: compare in full
   */
  changesSince(revision: number): ReadonlyMap<string, Resource | undefined> | undefined;
}
