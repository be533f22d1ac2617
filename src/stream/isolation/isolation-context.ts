import type { FleetContent } from "./fleet-content.ts";
import type { QuarantinedContent } from "./quarantined-content.ts";

/** Why a content is sent again. */
export type ReleaseReason =
  /** Its content has changed, or it was removed. */
  | "changed"
  /** The client, or most others, have accepted it. */
  | "accepted"
  /** The client has unsubscribed from it. */
  | "unsubscribed"
  /** What it refers to is sent. */
  | "referenced"
  /** An operator has asked for it. */
  | "operator";

/** What is the same for all types of a stream. */
export interface IsolationContext {
  readonly fleet: FleetContent;
  /** The id of the client's node. */
  nodeId(): string;
  /** The name and version of the client, as it describes itself. */
  kind(): string;
  /** A content is not sent to the client from now on. */
  quarantined(typeUrl: string, content: QuarantinedContent): void;
  /** A content may be sent to the client again. */
  released(typeUrl: string, content: QuarantinedContent, why: ReleaseReason): void;
}
