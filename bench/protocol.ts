/** A command to a server of the benchmark: a line of JSON. It prints one line with the result of each. */
export type ServerCommand =
  /** Results in {@link Started}. */
  | ({ readonly do: "start" } & ServerSetup)
  /** Results in {@link Published}. */
  | ({ readonly do: "publish"; readonly round: number } & World)
  /** Results in {@link Stats}. `gc`: collect garbage first. */
  | { readonly do: "stats"; readonly gc: boolean };

/** The resources of a server, and their cache. */
export interface ServerSetup {
  readonly cache: CacheKind;
  readonly type: ResourceKind;
  readonly variant: "sotw" | "delta";
  /** Each node has a snapshot of its own; otherwise all have the same. */
  readonly perNode: boolean;
  /** The resources of each node differ from those of the others; otherwise they are equal. */
  readonly ownContent: boolean;
  /** Endpoints of each assignment. */
  readonly hosts: number;
}

export type CacheKind = "snapshot" | "linear";
export type ResourceKind = "cluster" | "endpoints";

/** A publication: all resources in round 0, and the changed ones in each later round. */
export interface World {
  /** The number of resources; of each node if they are per node. */
  readonly count: number;
  readonly nodes: number;
  /** How many resources each later round changes. */
  readonly changed: number;
  /** They are consecutive, other ones each round. Default: false; they are evenly spaced, and always the same. */
  readonly consecutive?: boolean | undefined;
}

export interface Started {
  readonly port: number;
}

export interface Published {
  /** The version that every client will receive. */
  readonly version: string;
  /** The cost of publishing, without that of sending to clients later. */
  readonly cpuUs: number;
  readonly wallUs: number;
}

export interface Stats {
  /** User and system time of the process since it began. */
  readonly cpuUs: number;
  readonly rssBytes: number;
}

/** The version of a round: always of the same length. */
export function versionOf(round: number): string {
  return `r${`${round}`.padStart(6, "0")}`;
}

/** The indexes of the resources that a round changes. */
export function changedIn({ count, changed, consecutive }: World, round: number): number[] {
  const number = round === 0 ? count : changed;
  if (consecutive) return Array.from({ length: number }, (_, i) => (round * number + i) % count);
  const apart = Math.floor(count / number);
  return Array.from({ length: number }, (_, i) => i * apart);
}
