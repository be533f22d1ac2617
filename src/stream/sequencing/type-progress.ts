import type { ResourceType } from "../../resource/mod.ts";
import type { Exchange } from "../exchange.ts";
import type { Isolation } from "../isolation/isolation.ts";
import type { Subscription } from "../subscription.ts";
import type { WatchedView } from "../watched-view.ts";

/** What the sequencer knows of one type on a stream, and what it may ask of it. */
export interface TypeProgress {
  readonly typeUrl: string;
  /** The row of the API's table; undefined for a type that the table does not have. */
  readonly type: ResourceType | undefined;
  readonly subscription: Pick<Subscription, "wildcard" | "names" | "isEmpty">;
  readonly watched: Pick<WatchedView, "view" | "hasMoved" | "hasChanged">;
  readonly exchange: Pick<Exchange, "inFlight" | "blocksOthers" | "nack" | "sentAt" | "markOverdue">;
  /** Whether a response may be needed, now or once the last one is ACKed. */
  readonly isPending: boolean;
  /** Whether the client requested resources, and can do nothing before it receives them. */
  readonly isUrgent: boolean;
  /** What the client is kept from; undefined where nothing is isolated. */
  readonly isolation: Pick<Isolation, "isHolding" | "lacks" | "warming"> | undefined;
  /** Whether the client returns from an earlier stream, and has received nothing of the type on this one. */
  readonly isReturning: boolean;
  /** Whether the client rejects content that the type has now, and uses what it had before. */
  readonly isRejecting: boolean;
  /** The number of withheld removals. */
  readonly withheldCount: number;
  /** Changes whenever `isDelivered` may give another result. */
  readonly deliveryRevision: number;
  /** Whether the client is subscribed to a name and does not wait for it. */
  isDelivered(name: string): boolean;
  /** Has a name sent again, if the client is subscribed to it. */
  requestAgain(name: string): void;
}
