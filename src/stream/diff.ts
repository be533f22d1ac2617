import type { Resource } from "../resource/mod.ts";
import type { WithheldRemovals } from "./withheld-removals.ts";

/** The content of a response, with names in their normal form. */
export interface Content {
  readonly resources: readonly Resource[];
  /** Delta: the names of `removed_resources`. */
  readonly removed: readonly string[];
  /** Delta: aliases without a target, sent as resources without content. Default: none. */
  readonly unknown?: readonly string[];
}

/** What a response has to have. */
export interface Shareable {
  /** Makes the content of the response. Not called where a stream with the same key has made it. */
  readonly content: () => Content;
  /**
   * Equal for the streams that are sent the same from a view at its revision, so that they need not make the content;
   * undefined: it is made, and compared.
   */
  readonly shareKey?: string | undefined;
}

/** The difference between a view and what a client holds of it. It changes nothing before it is committed. */
export interface Diff {
  /** The response; undefined: the client has everything, and only its position moves. */
  readonly response: Shareable | undefined;
  /** The resources that are new or changed for the client. Default: all of the response. */
  readonly changed?: (() => readonly Resource[]) | undefined;
  /** The removals that are withheld from now on. */
  readonly withheld: WithheldRemovals;
  /** Requested names that the cache is still loading. Default: none. */
  readonly loading?: readonly string[];
  /** The shortest ttl of the resources that the client holds already, in milliseconds. */
  readonly heldTtlMs?: number | undefined;
  /** The targets of aliases that changed. Default: none. */
  readonly aliases?: ReadonlyMap<string, string | undefined> | undefined;
  /** Whether the response has all names of rejected responses. Default: false. */
  readonly carriesRejected?: boolean;
}
