import { describe, expect, it } from "vitest";
import { drain, NOTHING, rejectingGroup } from "./rejecting-group.ts";

describe("what a client rejects beside others of its group", () => {
  it("leaves it what it has applied of a response that it rejected, also where others reject that", () => {
    const { served, clients } = rejectingGroup([
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
    const { served, clients } = rejectingGroup([{ rejects: ["EDS b=2", "RDS s=2 to d"] }, { rejects: [] }]);
    served.publish({ ...NOTHING, RDS: { s: "2 to d" } });
    clients[1]!.take();
    clients[1]!.take();
    served.publish({ CDS: { b: "1" }, EDS: { b: "2" }, RDS: { s: "3 to b", r: "1 to a" } });
    drain(clients);
    expect([...clients[0]!.held.RDS.keys()]).toEqual(["r"]);
  });

  it("does not make a route wait for endpoints that it has and others reject", () => {
    const { served, clients } = rejectingGroup([
      { rejects: ["RDS r=3 to a"] },
      { rejects: ["EDS a=1"] },
      { rejects: ["EDS a=1"] },
    ]);
    served.publish({ CDS: { a: "1" }, EDS: { a: "1" }, RDS: { r: "3 to a", t: "1 to a" } });
    drain(clients);
    expect([...clients[0]!.held.RDS.keys()]).toEqual(["t"]);
  });
});
