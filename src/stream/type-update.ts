import type { Resource, ResourceType } from "../resource/mod.ts";
import type { Variant } from "./request.ts";
import type { OutgoingResponse, ResponseFactory } from "./response.ts";
import type { FindMissing } from "./isolation/isolation-types.ts";
import type { IsolationContext } from "./isolation/isolation-context.ts";
import type { RemovalGate } from "./sequencing/gates.ts";

/** What is the same for all types of a stream. */
export interface StreamContext {
  readonly responses: ResponseFactory;
  /** Whether the client can read a ttl, and heartbeats. */
  readonly ttl: boolean;
}

/** How a type is served on a stream. */
export interface TypeStreamOptions {
  /** The row of the API's table; undefined for a type that the table does not have. */
  readonly type: ResourceType | undefined;
  readonly protocol: Variant;
  /** Undefined: what the client rejects is not isolated. */
  readonly isolation?: IsolationContext | undefined;
  /** Called when the view is there, or has changed. */
  readonly onView: () => void;
  /** Called with an error of the cache that no call can throw. Default: nothing is called. */
  readonly onFault?: ((error: unknown) => void) | undefined;
}

/** What an update of a type is made with. */
export interface UpdateInput {
  /** In the time that the stream is given, in milliseconds. */
  readonly now: number;
  /** Which removals may be sent. */
  readonly gate: RemovalGate;
  /** The resources that may be requested although they were removed. */
  readonly pinned: ReadonlyMap<string, Resource>;
  /** What a resource refers to and the client is not sent. Default: nothing is missing. */
  readonly findMissing?: FindMissing | undefined;
  readonly context: StreamContext;
}

/** A response of a type, with the resources in it that are new or changed for the client. */
export interface TypeUpdate {
  readonly response: OutgoingResponse;
  readonly changed: readonly Resource[];
}
