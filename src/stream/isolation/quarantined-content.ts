import type { Resource } from "../../resource/mod.ts";

/** Content that a client is not sent. */
export interface QuarantinedContent {
  readonly name: string;
  readonly version: string;
  /** When, in the time that the stream is given, in milliseconds. */
  readonly since: number;
  /** The reason of the client, without the content of resources; of another client where that has rejected it. */
  readonly reason: string;
  /**
   * `client`: this client rejects it. `others`: most clients of its group do. `reference`: it refers to a resource that
   * the client is not sent.
   */
  readonly by: "client" | "others" | "reference";
  /** What the client has, or is sent, in its place; undefined if that is not known, or nothing. */
  readonly instead: Resource | undefined;
}

/** Why, and since when, a client is not sent a content. */
export type Reason = Pick<QuarantinedContent, "reason" | "since">;
