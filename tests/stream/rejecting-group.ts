import { type Behaviour, RejectingClient } from "./rejecting-client.ts";
import { type Publication, Served } from "./rejecting-fleet.ts";

export const NOTHING: Publication = { CDS: {}, EDS: {}, RDS: {} };

/** Clients of one group, of SotW and by names unless said otherwise; two of them decide for the others. */
export function rejectingGroup(behaviours: readonly Partial<Behaviour>[]) {
  const served = new Served({ minNodes: 2, share: 0.5 });
  const clients = behaviours.map((each, i) => {
    const behaviour = { variant: "sotw", wildcard: false, rejects: [], honesty: "honest", reason: "none" } as const;
    return new RejectingClient(served, `node-${i}`, { ...behaviour, ...each });
  });
  return { served, clients };
}

/** Until no client takes anything, or one is sent responses without an end. */
export function drain(clients: readonly RejectingClient[]): void {
  for (let left = 200, isMoving = true; isMoving && left > 0; left--) {
    isMoving = clients.map((each) => each.take()).includes(true);
  }
}
