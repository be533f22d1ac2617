import type { WaitsFor } from "./stream-callbacks.ts";

/**
 * Why something has not arrived at a client, in a word:
 *
 * - `not-connected`: no such client has a stream.
 * - `deciding`: a decision of `authorize` is pending, and the client's requests wait for it.
 * - `unread`: the client does not read what it is sent.
 * - `source-failed`: the source of the configuration has thrown.
 * - `not-requested`: the client has requested nothing of the type.
 * - `not-subscribed`: the client has not subscribed to the name.
 * - `no-configuration`: the cache has no configuration for the client.
 * - `loading`: the cache is still loading the resource.
 * - `missing`: the client subscribes to a name that does not exist, or a resource refers to one that does not.
 * - `waits`: it waits for another type.
 * - `in-flight`: it was sent, and the client has neither ACKed nor NACKed it.
 * - `rejected`: the client has rejected it.
 * - `quarantined`: it is kept from the client, since clients reject it.
 * - `pending`: it is sent next.
 * - `in-sync`: it has arrived.
 */
export type FindingReason =
  | "not-connected"
  | "deciding"
  | "unread"
  | "source-failed"
  | "not-requested"
  | "not-subscribed"
  | "no-configuration"
  | "loading"
  | "missing"
  | "waits"
  | "in-flight"
  | "rejected"
  | "quarantined"
  | "pending"
  | "in-sync";

/** One thing to know about why something has not arrived, or that it has. */
export interface Finding {
  /** The reason in a word. */
  readonly reason: FindingReason;
  /** The reason as a sentence for people. */
  readonly text: string;
  /** The stream that it is about; undefined where there is none. */
  readonly streamId?: number;
  /** The type that it is about; undefined for all. */
  readonly typeUrl?: string;
  /** The resource that it is about; undefined for all of the type. */
  readonly name?: string;
  /** The version that is in flight, was rejected, is kept from the client, or was ACKed. */
  readonly version?: string;
  /** Why it was rejected, in the words of the client; or what the source has thrown. */
  readonly message?: string;
  /** The version that the client has, or is sent, in place of what is kept from it. */
  readonly instead?: string;
  /** What it waits for. */
  readonly waitsFor?: WaitsFor;
  /** For how long it has been so, in milliseconds. */
  readonly forMs?: number;
}
