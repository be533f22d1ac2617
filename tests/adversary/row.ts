import type { Attack } from "./attack.ts";
import type { ServerSpec } from "./server-command.ts";

/** What an attack may cost. */
export interface Limits {
  /** How far the memory of the process may rise above that before, in MB. */
  readonly peakMb: number;
  /** What may be held while the attack lasts, after a garbage collection, in MB. */
  readonly heldMb: number;
  /** The same once all its connections have closed. */
  readonly leftMb: number;
  /** How long the event loop may stand still because the server works. */
  readonly blockedMs: number;
  /** What 99 of 100 round trips of the healthy client may take at most. */
  readonly healthyMs: number;
  /** Bytes that may be held for each byte sent. */
  readonly heldRatio: number;
  /** Processor time of the server for that of the attacker. Infinity where the work is not the client's doing. */
  readonly cpuRatio: number;
}

/** Where a row says nothing else. The time of the healthy client is generous, since machines of CI have two busy cores. */
export const DEFAULT_LIMITS: Limits = {
  peakMb: 150,
  heldMb: 50,
  leftMb: 15,
  blockedMs: 1_000,
  healthyMs: 10_000,
  heldRatio: 100,
  cpuRatio: 100,
};

/** An attack, or a fault, and its limits. */
export interface Row {
  /** That of its family, such as `S-02`, and what it is. */
  readonly title: string;
  readonly server?: ServerSpec;
  readonly limits?: Partial<Limits>;
  /** Only in the long form: it takes seconds, or is one more of its kind. Default: false. */
  readonly long?: boolean;
  /** In the short form not only on Node, but on Deno and Bun, too. Default: false. */
  readonly important?: boolean;
  /** The runtimes that it is for. Default: all. */
  readonly runtimes?: readonly string[];
  /** The server ends; a `run` checks how. Default: false. */
  readonly ends?: boolean;
  /** Attacks. What it expects is checked by {@link Attack.expect}. */
  run(attack: Attack): Promise<void>;
}

/** The id of a row's family. */
export function idOf({ title }: Row): string {
  return title.split(" ")[0]!;
}
