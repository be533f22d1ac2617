import { describe, expect, it } from "vitest";
import type { RejectingClient } from "./rejecting-client.ts";
import { drain, NOTHING, rejectingGroup } from "./rejecting-group.ts";

describe("a SotW client that returns and rejects what it is sent", () => {
  it("is not sent the same response again where others have accepted content of each of its clusters", () => {
    const { served, clients: [client] } = rejectingGroup([{ wildcard: true, rejects: ["CDS d=2"] }]);
    served.publish({ ...NOTHING, CDS: { d: "1", c: "1" } });
    drain([client!]);
    served.publish({ ...NOTHING, CDS: { d: "2", c: "2" } });
    client!.published();
    client!.reconnect();
    drain([client!]);
    expect(client!.responses).toBeLessThan(8);
    expect(contents(client!, "CDS")).toEqual(["c=2", "d=1"]);
  });

  it("is not sent the same response again where it rejects what stands in for a cluster", () => {
    const { served, clients: [client, other] } = rejectingGroup([
      { rejects: ["CDS d=2", "CDS d=3"], reason: "first" },
      {},
    ]);
    served.publish({ ...NOTHING, CDS: { d: "2", a: "1" } });
    drain([client!, other!]);
    client!.reconnect();
    served.publish({ ...NOTHING, CDS: { d: "3", a: "2" } });
    client!.published();
    drain([client!, other!]);
    expect(client!.responses).toBeLessThan(8);
    expect(client!.violations).toEqual([]);
    expect(contents(client!, "CDS")).toEqual(["a=1"]);
  });

  it("is not sent the same response again once others accept a part of it", () => {
    const { served, clients } = rejectingGroup([
      {},
      { rejects: ["CDS c=3"] },
      { rejects: ["CDS d=3"] },
      { honesty: "everything", reason: "list" },
      { rejects: ["CDS c=3"], reason: "first" },
    ]);
    clients[4]!.take();
    clients[4]!.reconnect();
    served.publish({ ...NOTHING, CDS: { d: "3", c: "3" } });
    clients[1]!.take();
    drain(clients);
    expect(clients[4]!.violations).toEqual([]);
  });

  it("is sent a good cluster that it rejected beside one that is removed", () => {
    const { served, clients: [client] } = rejectingGroup([{ rejects: ["CDS d=1"] }, {}]);
    served.publish({ ...NOTHING, CDS: { a: "1", d: "1" } });
    client!.take();
    client!.take();
    client!.reconnect();
    client!.take();
    served.publish({ ...NOTHING, CDS: { a: "2" } });
    for (let rounds = 0; rounds < 2; rounds++, served.now += 100_000) drain([client!]);
    expect([...client!.quarantined("CDS")]).toEqual([]);
    expect(contents(client!, "CDS")).toEqual(["a=2"]);
  });

  it("is not taken to reject a cluster where it rejects what stands in for another one", () => {
    const { served, clients: [other, client] } = rejectingGroup([{}, { rejects: ["CDS c=3", "CDS d=3"] }, {}]);
    served.publish({ ...NOTHING, CDS: { c: "1", d: "3", a: "2" } });
    other!.take();
    client!.take();
    client!.take();
    client!.reconnect();
    served.publish({ ...NOTHING, CDS: { d: "1", c: "3", a: "1" } });
    drain([client!]);
    expect(client!.violations).toEqual([]);
    expect([...client!.quarantined("CDS")]).toEqual([["c", "client"]]);
    expect(contents(client!, "CDS")).toEqual(["a=1", "c=1", "d=1"]);
  });

  it("keeps a cluster that most others reject and nothing stands in for", () => {
    const { served, clients: [client, ...others] } = rejectingGroup([
      {},
      { rejects: ["CDS a=1"] },
      { rejects: ["CDS a=1"] },
    ]);
    served.publish({ ...NOTHING, CDS: { a: "1", b: "1" } });
    drain(others);
    client!.held.CDS.set("a", served.published.CDS.get("a")!);
    client!.reconnectAs("an earlier version");
    drain([client!]);
    expect(client!.violations).toEqual([]);
    expect(contents(client!, "CDS")).toEqual(["a=1", "b=1"]);
  });
});

describe("a delta client that returns", () => {
  it("is sent the removal of a cluster that it names after the route that stops using it", () => {
    const { served, clients: [client] } = rejectingGroup([{ variant: "delta" }]);
    served.publish({ ...NOTHING, CDS: { d: "1" }, RDS: { r: "2 to d" } });
    drain([client!]);
    served.publish({ ...NOTHING, RDS: { r: "1 to a" } });
    client!.reconnect();
    drain([client!]);
    expect(client!.violations).toEqual([]);
    served.now += 100_000;
    drain([client!]);
    expect(contents(client!, "CDS")).toEqual([]);
  });

  it("has a cluster whose removal is withheld, so that a route to it does not wait for new content", () => {
    const { served, clients: [client] } = rejectingGroup([{ variant: "delta", rejects: ["CDS a=3"] }]);
    served.publish({ ...NOTHING, CDS: { a: "1" } });
    client!.take();
    served.publish(NOTHING);
    client!.reconnect();
    client!.take();
    served.publish({ ...NOTHING, CDS: { a: "3" }, RDS: { r: "1 to a" } });
    drain([client!]);
    expect([...client!.held.RDS.keys()]).toEqual(["r"]);
  });

  it("is sent endpoints that it holds and most others reject, for a new cluster", () => {
    const { served, clients } = rejectingGroup([
      { rejects: ["EDS a=3"] },
      { rejects: ["EDS a=3"] },
      { variant: "delta" },
    ]);
    served.publish({ ...NOTHING, EDS: { a: "3" } });
    const client = clients[2]!;
    client.take();
    client.take();
    client.reconnect();
    served.publish({ ...NOTHING, CDS: { a: "1" }, EDS: { a: "3" }, RDS: { r: "1 to a" } });
    drain(clients);
    expect(contents(client, "RDS")).toEqual(["r=1 to a"]);
  });

  it("keeps a route that it names, though its cluster is rejected and others have accepted another one", () => {
    const { served, clients: [client, other] } = rejectingGroup([{ variant: "delta", rejects: ["CDS a=1"] }, {}]);
    served.publish({ ...NOTHING, RDS: { t: "1 to a" } });
    drain([client!]);
    served.publish({ ...NOTHING, RDS: { t: "3 to a" } });
    drain([other!]);
    served.publish({ ...NOTHING, CDS: { a: "1" }, RDS: { t: "1 to a" } });
    client!.reconnect();
    drain([client!]);
    expect(client!.violations).toEqual([]);
    expect(contents(client!, "RDS")).toEqual(["t=1 to a"]);
    expect([...client!.quarantined("RDS")]).toEqual([]);
  });

  it("is not sent a route that others have accepted, in place of its own, if that leads to a rejected cluster", () => {
    const { served, clients: [client, other] } = rejectingGroup([{ variant: "delta", rejects: ["CDS a=1"] }, {}]);
    served.publish({ CDS: { b: "1" }, EDS: { b: "1" }, RDS: { t: "2 to b" } });
    drain([client!]);
    served.publish({ ...NOTHING, RDS: { t: "3 to a" } });
    drain([other!]);
    served.publish({ CDS: { a: "1", b: "1" }, EDS: { b: "1" }, RDS: { t: "1 to a" } });
    client!.reconnect();
    drain([client!]);
    expect(client!.violations).toEqual([]);
    expect(contents(client!, "RDS")).toEqual(["t=2 to b"]);
  });

  it("keeps a cluster of the wildcard that most others reject", () => {
    const { served, clients: [client, ...others] } = rejectingGroup([
      { variant: "delta", wildcard: true, rejects: ["CDS a=1"] },
      { rejects: ["CDS a=2"] },
      { rejects: ["CDS a=2"] },
    ]);
    client!.reconnect();
    served.publish({ ...NOTHING, CDS: { a: "2" } });
    drain(others);
    client!.held.CDS.set("a", served.published.CDS.get("a")!);
    client!.reconnect();
    drain([client!]);
    expect(client!.violations).toEqual([]);
    expect(contents(client!, "CDS")).toEqual(["a=2"]);
  });
});

function contents(client: RejectingClient, type: "CDS" | "RDS"): string[] {
  return [...client.held[type].values()].map(({ name, version }) => `${name}=${version}`).sort();
}
