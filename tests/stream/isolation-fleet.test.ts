import { describe, expect, it } from "vitest";
import { type Behaviour, RejectingClient } from "./rejecting-client.ts";
import { type Publication, Served } from "./rejecting-fleet.ts";

const NOTHING: Publication = { CDS: {}, EDS: {}, RDS: {} };

describe("what a client rejects beside others of its group", () => {
  it("leaves it what it has applied of a response that it rejected, also where others reject that", () => {
    const { served, clients } = group([
      { rejects: ["CDS c=3"], reason: "dump" },
      { rejects: ["CDS b=3"], reason: "list" },
      { rejects: ["CDS c=3"], reason: "dump" },
    ]);
    served.publish({ ...NOTHING, CDS: { b: "3", c: "3" } });
    drain(clients);
    expect(clients[1]!.violations).toEqual([]);
    expect([...clients[1]!.held.CDS.keys()]).toEqual(["c"]);
  });

  it("is not the only resource beside a stand-in that it rejects", () => {
    const { served, clients } = group([{ rejects: ["EDS b=2", "RDS s=2 to d"] }, { rejects: [] }]);
    served.publish({ ...NOTHING, RDS: { s: "2 to d" } });
    clients[1]!.take();
    clients[1]!.take();
    served.publish({ CDS: { b: "1" }, EDS: { b: "2" }, RDS: { s: "3 to b", r: "1 to a" } });
    drain(clients);
    expect([...clients[0]!.held.RDS.keys()]).toEqual(["r"]);
  });

  it("does not make a route wait for endpoints that it has and others reject", () => {
    const { served, clients } = group([
      { rejects: ["RDS r=3 to a"] },
      { rejects: ["EDS a=1"] },
      { rejects: ["EDS a=1"] },
    ]);
    served.publish({ CDS: { a: "1" }, EDS: { a: "1" }, RDS: { r: "3 to a", t: "1 to a" } });
    drain(clients);
    expect([...clients[0]!.held.RDS.keys()]).toEqual(["t"]);
  });
});

function group(behaviours: readonly Partial<Behaviour>[]) {
  const served = new Served({ minNodes: 2, share: 0.5 });
  const clients = behaviours.map((each, i) => {
    const behaviour = { variant: "sotw", wildcard: false, rejects: [], honesty: "honest", reason: "none" } as const;
    return new RejectingClient(served, `node-${i}`, { ...behaviour, ...each });
  });
  return { served, clients };
}

function drain(clients: readonly RejectingClient[]): void {
  for (let left = 200, isMoving = true; isMoving && left > 0; left--) {
    isMoving = clients.map((each) => each.take()).includes(true);
  }
}
