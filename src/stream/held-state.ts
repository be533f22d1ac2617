import type { Resource } from "../resource/mod.ts";
import type { AliasTargets } from "./alias-targets.ts";
import type { HeldVersions } from "./held-versions.ts";
import type { Pending } from "./pending-names.ts";
import type { RejectedNames } from "./rejected-names.ts";
import type { WithheldRemovals } from "./withheld-removals.ts";

/** What a client is known to hold of one type, as the variants read it. */
export interface HeldState {
  /** The revision of the view that the client is in sync with; undefined if it has received nothing of the view. */
  readonly position: number | undefined;
  readonly pending: Pending;
  readonly held: HeldVersions;
  readonly withheld: WithheldRemovals;
  readonly rejected: Pick<RejectedNames, "names" | "key">;
  /** SotW with full state: the resources of the last response. */
  readonly sent: readonly Resource[];
  /** Types with aliases: their targets. */
  readonly aliases: AliasTargets;
}

/** Whether the client is subscribed to a resource. */
export type Matches = (name: string) => boolean;
