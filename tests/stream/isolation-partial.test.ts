import { describe, expect, it } from "vitest";
import { drain, NOTHING, rejectingGroup } from "./rejecting-group.ts";

describe("a SotW client that applies a part of the clusters that it rejects", () => {
  it("removes what it has applied once it is published no more", () => {
    const { served, clients: [client] } = rejectingGroup([{ rejects: ["CDS b=1"], reason: "list" }]);
    served.publish({ ...NOTHING, CDS: { b: "1", c: "1" }, RDS: { r: "1 to a" } });
    client!.take();
    expect([...client!.held.CDS.keys()]).toEqual(["c"]);
    served.publish({ ...NOTHING, RDS: { r: "2 to a" } });
    drain([client!]);
    expect([...client!.held.CDS.keys()]).toEqual([]);
  });

  it("keeps what it has applied while other changes are sent", () => {
    const { served, clients: [client] } = rejectingGroup([{ rejects: ["CDS d=1"], reason: "list" }]);
    served.publish({ ...NOTHING, CDS: { a: "2", d: "1" } });
    client!.take();
    served.publish({ ...NOTHING, CDS: { a: "2" } });
    drain([client!]);
    expect(client!.violations).toEqual([]);
    expect([...client!.held.CDS.keys()]).toEqual(["a"]);
  });

  it("keeps what it has applied where it rejects the content after that", () => {
    const { served, clients: [client] } = rejectingGroup([{ rejects: ["CDS b=1", "CDS d=1"], reason: "list" }]);
    served.publish({ ...NOTHING, CDS: { b: "2", d: "1" } });
    client!.take();
    served.publish({ ...NOTHING, CDS: { a: "1", b: "1" } });
    drain([client!]);
    expect(client!.violations).toEqual([]);
    expect(client!.held.CDS.get("b")?.version).toBe("2");
  });

  it("keeps what stands in for a cluster where it names another one as bad", () => {
    const { served, clients: [first, second, third] } = rejectingGroup([
      { rejects: ["CDS a=2"] },
      { rejects: ["CDS a=2"] },
      { rejects: ["CDS c=1"], reason: "list" },
    ]);
    served.publish({ ...NOTHING, CDS: { a: "1" } });
    drain([first!, second!]);
    served.publish({ ...NOTHING, CDS: { a: "2", c: "1", d: "1" } });
    drain([first!, second!]);
    drain([third!]);
    expect(third!.violations).toEqual([]);
    expect([...third!.held.CDS.keys()].sort()).toEqual(["a", "d"]);
  });

  it("keeps what it has applied where it rejects what stands in for another cluster", () => {
    const { served, clients: [client, other] } = rejectingGroup([
      { rejects: ["CDS a=1", "CDS a=2"], reason: "list" },
      {},
    ]);
    served.publish({ ...NOTHING, CDS: { a: "2" } });
    other!.take();
    served.publish({ ...NOTHING, CDS: { a: "1", b: "1", d: "1" } });
    drain([client!, other!]);
    expect(client!.violations).toEqual([]);
    expect([...client!.held.CDS.keys()].sort()).toEqual(["b", "d"]);
  });
});

describe("a SotW client that rejects what stands in for a cluster", () => {
  it("is sent the removals that it rejected with that", () => {
    const { served, clients: [other, client] } = rejectingGroup([{}, { rejects: ["CDS c=2", "CDS c=3"] }]);
    served.publish({ ...NOTHING, CDS: { a: "1", c: "2" } });
    other!.take();
    for (let i = 0; i < 4; i++) client!.take();
    served.publish({ ...NOTHING, CDS: { c: "3" } });
    for (let rounds = 0; rounds < 3; rounds++, served.now += 100_000) drain([client!, other!]);
    expect([...client!.held.CDS.keys()]).toEqual([]);
  });
});

describe("a delta client that applies a part of the clusters that it rejects", () => {
  it("has what it has applied, so that a route to it does not wait for new content", () => {
    const { served, clients: [client] } = rejectingGroup([
      { variant: "delta", rejects: ["CDS b=2", "CDS c=3"], reason: "list" },
      {},
    ]);
    served.publish({ ...NOTHING, CDS: { b: "2", c: "1" } });
    client!.take();
    served.publish({ ...NOTHING, CDS: { c: "3" }, RDS: { r: "3 to c" } });
    drain([client!]);
    expect(client!.held.CDS.get("c")?.version).toBe("1");
    expect([...client!.held.RDS.keys()]).toEqual(["r"]);
  });
});

describe("what others have accepted of a resource that a client rejects", () => {
  it("does not count as had by a client that was in sync while it did not exist", () => {
    const { served, clients: [client, other] } = rejectingGroup([
      { variant: "delta", wildcard: true, rejects: ["CDS d=1"] },
      { variant: "delta" },
    ]);
    // The first response to names that do not exist has them as removed.
    other!.take();
    served.publish({ ...NOTHING, CDS: { a: "1" } });
    client!.take();
    served.publish({ ...NOTHING, CDS: { d: "1" }, RDS: { r: "2 to d" } });
    drain([client!, other!]);
    expect(client!.violations).toEqual([]);
    expect([...client!.quarantined("RDS")]).toEqual([["r", "reference"]]);
  });

  it.each(["sotw", "delta"] as const)("is sent to a client that never had it (%s)", (variant) => {
    const { served, clients: [client, other] } = rejectingGroup([{ variant, rejects: ["CDS b=2"] }, {}]);
    drain([client!, other!]);
    served.publish({ ...NOTHING, CDS: { b: "1" } });
    drain([other!]);
    served.publish({ ...NOTHING, CDS: { b: "2" }, RDS: { r: "1 to b" } });
    drain([client!]);
    expect(client!.violations).toEqual([]);
    expect(client!.held.CDS.get("b")?.version).toBe("1");
    expect([...client!.held.RDS.keys()]).toEqual(["r"]);
  });

  it("is not sent to a client that has it", () => {
    const { served, clients: [client, other] } = rejectingGroup([{ variant: "delta", rejects: ["CDS b=2"] }, {}]);
    served.publish({ ...NOTHING, CDS: { b: "1" } });
    drain([client!, other!]);
    served.publish({ ...NOTHING, CDS: { b: "2" }, RDS: { r: "1 to b" } });
    client!.published();
    drain([client!]);
    // The cluster that it rejects, endpoints of the cluster, and the route.
    expect(client!.types).toEqual(["CDS", "EDS", "RDS"]);
    expect([...client!.held.RDS.keys()]).toEqual(["r"]);
  });

  it("does not count as had where the client is not sent it, so that a route to it waits", () => {
    const { served, clients: [client, other] } = rejectingGroup([
      { variant: "delta", rejects: ["CDS b=1", "CDS b=2"] },
      {},
    ]);
    drain([client!, other!]);
    served.publish({ ...NOTHING, CDS: { b: "1" } });
    drain([other!]);
    served.publish({ ...NOTHING, CDS: { b: "2" }, RDS: { r: "1 to b" } });
    drain([client!]);
    expect(client!.violations).toEqual([]);
    expect([...client!.quarantined("RDS")]).toEqual([["r", "reference"]]);
    expect([...client!.held.RDS.keys()]).toEqual([]);
  });

  it.each(["sotw", "delta"] as const)(
    "is not sent again and again where it refers to rejected content (%s)",
    (variant) => {
      const { served, clients: [client, other] } = rejectingGroup([
        { variant, rejects: ["CDS c=1", "EDS c=1"] },
        {},
      ]);
      served.publish({ ...NOTHING, CDS: { c: "1" }, RDS: { r: "3 to c" } });
      for (let i = 0; i < 3; i++) client!.take();
      served.publish({ ...NOTHING, CDS: { c: "2" } });
      other!.take();
      served.publish({ ...NOTHING, CDS: { c: "1" }, EDS: { c: "1" } });
      client!.published();
      drain([client!, other!]);
      expect(client!.responses).toBeLessThan(8);
    },
  );
});
