import type { View } from "../../cache/mod.ts";
import type { Resource } from "../../resource/mod.ts";
import type { ClientState } from "../client-state.ts";
import type { Matches } from "../held-state.ts";
import type { Subscription } from "../subscription.ts";
import type { Screen } from "./screened-view.ts";
import type { RejectionReason } from "./rejection-reason.ts";

/** The type that a client is isolated from the bad resources of. */
export interface IsolatedType {
  readonly typeUrl: string;
  readonly fullState: boolean;
  readonly client: ClientState;
}

/** The type when a request was applied to it. */
export interface SubscribedType {
  /** Whether the client returns from an earlier stream, and has received nothing of the type on this one. */
  readonly isReturning: boolean;
  readonly subscription: Pick<Subscription, "wildcard">;
  matches(name: string): boolean;
}

/** A NACK. */
export interface Rejection {
  readonly reason: RejectionReason;
  /** When the response was sent. */
  readonly sentAt: number;
  readonly view: View;
}

/** What an update of a type is read from. */
export interface Screened {
  readonly view: View;
  /** Equal for the streams that the same content is kept from; undefined: kept from this stream alone. */
  readonly shareKey: string | undefined;
  /** What the view is screened by; undefined: it is the view of the cache. */
  readonly screen?: Pick<Screen, "excludes"> | undefined;
}

/** The resource that a resource refers to and that the client is not sent; undefined if there is none. */
export type FindMissing = (resource: Resource) => string | undefined;

/** What an update is screened with. */
export interface ScreenInput {
  readonly now: number;
  /** Whether the client would be sent a resource of this name. */
  readonly isDue: Matches;
  readonly findMissing?: FindMissing | undefined;
}
