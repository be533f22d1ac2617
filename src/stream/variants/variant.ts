import type { View } from "../../cache/mod.ts";
import type { Resource } from "../../resource/mod.ts";
import type { ClientNames } from "../client-names.ts";
import type { ClientState } from "../client-state.ts";
import type { Diff, Shareable } from "../diff.ts";
import type { HeldState } from "../held-state.ts";
import type { DiscoveryRequest, Variant } from "../request.ts";
import type { RemovalGate } from "../sequencing/gates.ts";
import type { Subscription, SubscriptionUpdate } from "../subscription.ts";

/** One way to serve a type. It has no state of its own: streams hand theirs to it. */
export interface TypeVariant {
  readonly protocol: Variant;
  /** SotW with full state: a response has all subscribed resources, and what is not in it is removed. */
  readonly fullState: boolean;
  /** Whether names have no normal form. */
  readonly hasOpaqueNames: boolean;
  /** The collection whose members may be sent for a name; undefined for the name of a single resource. */
  readonly collectionFor: (name: string) => string | undefined;
  /** Whether the client is subscribed to a resource. */
  matches(name: string, state: TypeState): boolean;
  /** Whether a name can be sent without a request of the client. */
  isRequestable(name: string, state: TypeState): boolean;
  /** Applies the names of a request to the subscription, and has sent what the client waits for. */
  applyRequest(request: DiscoveryRequest, target: RequestTarget): SubscriptionUpdate;
  /**
   * The difference between the view and what the client holds. It changes nothing.
   *
   * @throws ProtocolError where the view's log does not reach back far enough, and the client has to connect again
   */
  diff(input: DiffInput): Diff;
  /** A heartbeat for the resources that have a ttl; undefined if none has. It changes nothing. */
  heartbeat(input: HeartbeatInput): HeartbeatContent | undefined;
}

/** The state of one type on one stream, to read. */
export interface TypeState {
  readonly subscription: Subscription;
  readonly client: HeldState;
}

/** What a request is applied to. */
export interface RequestTarget {
  readonly subscription: Subscription;
  readonly client: ClientState;
  readonly names: ClientNames;
  readonly view: View | undefined;
  /** Whether the request is the first one of its type on the stream. */
  readonly isFirst: boolean;
  /** Whether a first request without names subscribes to the wildcard. */
  readonly legacyWildcard: boolean;
}

/** What a difference is made from. */
export interface DiffInput extends TypeState {
  readonly view: View;
  /** SotW: resources that may be requested although they were removed. */
  readonly pinned: ReadonlyMap<string, Resource>;
  readonly gate: RemovalGate;
  /** In the time that the stream is given, in milliseconds. */
  readonly now: number;
}

/** What a heartbeat is made from. */
export interface HeartbeatInput extends TypeState {
  readonly view: View;
  /** The resources are sent with their content. */
  readonly hasContent: boolean;
}

/** The response of a heartbeat. */
export interface HeartbeatContent extends Shareable {
  /** Whether the resources have no content: they only continue to exist. */
  readonly isEmpty: boolean;
}
