import type { State, Surroundings } from "./state.ts";

/** What a replica is sent. */
export type Command =
  | { readonly do: "start"; readonly port: number; readonly clients: readonly Client[] }
  | { readonly do: "publish"; readonly node: string; readonly state: State }
  | { readonly do: "backend"; readonly as: Behaviour }
  | { readonly do: "clock"; readonly byMs: number }
  | { readonly do: "status" };

/** How the source of endpoints behaves. `old`: as it was when it began to. */
export type Behaviour = "well" | "throws" | "hangs" | "old";

/** An Envoy, as the replicas know it. */
export interface Client extends Surroundings {
  /** The id of its node. */
  readonly node: string;
  /** Whether the versions of its snapshots are counted since the replica started, so that they repeat after a restart. */
  readonly countsVersions: boolean;
  /** Whether its endpoints come from a source of their own, and not from the snapshot. */
  readonly hasBackend: boolean;
}

/** The state of a replica. */
export interface ReplicaStatus {
  readonly streams: number;
  readonly watches: number;
  readonly unsentBytes: number;
  /** Since the last status. */
  readonly errors: readonly string[];
  /** Since the last status. */
  readonly nacks: readonly string[];
}
