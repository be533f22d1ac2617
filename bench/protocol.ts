/** What a server of the benchmark is told, a line of JSON each. It answers each line by one. */
export type ServerCommand =
  /** Answered by {@link Started}. */
  | ({ readonly do: "start" } & ServerSetup)
  /** Answered by {@link Published}. */
  | ({ readonly do: "publish"; readonly round: number } & World)
  /** Answered by {@link Stats}. `gc`: collect garbage first. */
  | { readonly do: "stats"; readonly gc: boolean };

/** What a server serves, and from which cache. */
export interface ServerSetup {
  readonly cache: CacheKind;
  readonly type: ResourceKind;
  readonly variant: "sotw" | "delta";
  /** Each node has a snapshot of its own; otherwise all have the same. */
  readonly perNode: boolean;
}

export type CacheKind = "snapshot" | "linear";
export type ResourceKind = "cluster" | "endpoints";

/** What is published: all of it in round 0, and what changed in each later one. */
export interface World {
  /** Resources, of each node where they are per node. */
  readonly count: number;
  readonly nodes: number;
  /** How many resources each later round changes; they lie evenly apart. */
  readonly changed: number;
}

export interface Started {
  readonly port: number;
}

export interface Published {
  /** What every client will be told that it has. */
  readonly version: string;
  /** What it took to publish, apart from what is done later to tell the clients. */
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

/** Which resources a round changes. */
export function changedIn({ count, changed }: World, round: number): number[] {
  const number = round === 0 ? count : changed;
  const apart = Math.floor(count / number);
  return Array.from({ length: number }, (_, i) => i * apart);
}
