/** What a type waits for before it can be sent. */
export interface Blocker {
  /** The type that it waits for. */
  readonly typeUrl: string;
  readonly reason:
    /** The client has neither ACKed nor NACKed the last response of the type. */
    | "ack"
    /** Changes of the type have to be sent first. */
    | "unsent"
    /** The client has not received what the type refers to. */
    | "dependencies"
    /** The client rejected the type and uses what it had before. */
    | "nack"
    /** Removals of the type have to be sent first. */
    | "removals";
}

/** Decides which removals of a type may be sent. */
export interface RemovalGate {
  /** What it waits for; undefined if it is open. */
  readonly blocker: Blocker | undefined;
  /**
   * When a removal may be sent, in the time that the stream is given: in the past where it may be now, Infinity while
   * the client rejects what would replace the resource.
   *
   * @param since - when the removal was withheld, or now
   */
  opensAt(since: number): number;
}

/** Whether a gate withholds the removals that it is asked about for the first time. */
export function withholds(gate: RemovalGate, now: number): boolean {
  return gate.opensAt(now) > now;
}

/** Whether a gate is open for a removal that was withheld before. */
export function mayRelease(gate: RemovalGate, since: number, now: number): boolean {
  return gate.opensAt(since) <= now;
}

export const OPEN: RemovalGate = { blocker: undefined, opensAt: () => -Infinity };

/** A gate that no time opens. */
export function closed(blocker: Blocker): RemovalGate {
  return { blocker, opensAt: () => Infinity };
}

/** A gate that opens for each removal in its own time, and for none before the client has had its time. */
export function closedFor(ms: number, { notBefore, blocker }: { notBefore: number; blocker: Blocker }): RemovalGate {
  return { blocker, opensAt: (since) => Math.max(since, notBefore) + ms };
}
