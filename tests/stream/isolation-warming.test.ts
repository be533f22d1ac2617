import { describe, expect, it } from "vitest";
import { WarmingNames } from "../../src/stream/isolation/warming-names.ts";
import { make } from "./make.ts";
import type { RejectingClient } from "./rejecting-client.ts";
import { drain, NOTHING, rejectingGroup } from "./rejecting-group.ts";

describe.each(["sotw", "delta"] as const)("a client that rejects the endpoints of a cluster (%s)", (variant) => {
  it("is sent what it accepted last of them where the cluster has changed too, and the route to it then", () => {
    const { served, clients: [client] } = rejectingGroup([{ variant, rejects: ["EDS a=2"] }]);
    served.publish({ ...NOTHING, CDS: { a: "1" }, EDS: { a: "1" } });
    settle(client!);
    served.publish({ CDS: { a: "2" }, EDS: { a: "2" }, RDS: { r: "1 to a" } });
    settle(client!);
    expect(client!.types).toEqual(["CDS", "EDS", "EDS", "RDS"]);
    expect(endpoints(client!)).toEqual(["a=1"]);
  });

  it("is sent the same as soon as the cluster changes, where it has rejected them before", () => {
    const { served, clients: [client] } = rejectingGroup([{ variant, rejects: ["EDS a=2"] }]);
    served.publish({ ...NOTHING, CDS: { a: "1" }, EDS: { a: "1" } });
    settle(client!);
    served.publish({ ...NOTHING, CDS: { a: "1" }, EDS: { a: "2" } });
    settle(client!);
    served.publish({ ...NOTHING, CDS: { a: "2" }, EDS: { a: "2" } });
    settle(client!);
    expect(client!.types).toEqual(["CDS", "EDS"]);
    expect(endpoints(client!)).toEqual(["a=1"]);
  });

  it("is sent nothing in their place where the cluster is as it was", () => {
    const { served, clients: [client] } = rejectingGroup([{ variant, rejects: ["EDS a=2"] }]);
    served.publish({ ...NOTHING, CDS: { a: "1" }, EDS: { a: "1" } });
    settle(client!);
    served.publish({ CDS: { a: "1" }, EDS: { a: "2" }, RDS: { r: "1 to a" } });
    settle(client!);
    expect(client!.types).toEqual(["EDS", "RDS"]);
  });

  it("is sent nothing in their place where it rejects the changed cluster too", () => {
    const { served, clients: [client] } = rejectingGroup([{ variant, rejects: ["CDS a=2", "EDS a=2"] }]);
    served.publish({ ...NOTHING, CDS: { a: "1" }, EDS: { a: "1" } });
    settle(client!);
    served.publish({ ...NOTHING, CDS: { a: "2" }, EDS: { a: "2" } });
    settle(client!);
    expect(client!.types.filter((type) => type === "EDS")).toEqual(["EDS"]);
  });

  it("is sent them for the clusters of a rejected response that it says it has applied", () => {
    const rejects = ["CDS a=2", "EDS a=2", "EDS b=2"];
    const { served, clients: [client] } = rejectingGroup([{ variant, rejects, reason: "list" }]);
    served.publish({ ...NOTHING, CDS: { a: "1", b: "1" }, EDS: { a: "1", b: "1" } });
    settle(client!);
    served.publish({ ...NOTHING, CDS: { a: "2", b: "2" }, EDS: { a: "2", b: "2" } });
    settle(client!);
    expect(client!.types.filter((type) => type === "EDS")).toEqual(["EDS", "EDS"]);
    expect(endpoints(client!)).toEqual(["a=1", "b=1"]);
  });

  it("does not get a route to it where it rejects what stands in for them", () => {
    const { served, clients: [client, other] } = rejectingGroup([{ variant, rejects: ["EDS a=2", "EDS a=3"] }, {}]);
    served.publish({ ...NOTHING, CDS: { a: "1" }, EDS: { a: "1" } });
    settle(client!);
    served.publish({ ...NOTHING, CDS: { a: "1" }, EDS: { a: "3" } });
    settle(other!);
    served.publish({ CDS: { a: "2" }, EDS: { a: "2" }, RDS: { r: "1 to a" } });
    settle(client!);
    expect([...client!.quarantined("RDS")]).toEqual([["r", "reference"]]);
    expect(endpoints(client!)).toEqual([]);
    served.publish({ CDS: { a: "2" }, EDS: { a: "1" }, RDS: { r: "1 to a" } });
    settle(client!);
    expect([...client!.held.RDS.keys()]).toEqual(["r"]);
  });
});

describe("WarmingNames", () => {
  const [a1, a2, b1] = [make("EDS", "a", "1"), make("EDS", "a", "2"), make("EDS", "b", "1")];

  it("has lost what was needed, and was rejected before any was ACKed", () => {
    const names = new WarmingNames();
    names.needed(["a"], 1);
    names.sent();
    names.rejected([a1, b1]);
    expect([names.isLost("a"), names.isLost("b")]).toEqual([true, false]);
    names.acked([a2]);
    expect(names.isLost("a")).toBe(false);
    names.rejected([a1]);
    expect(names.isLost("a")).toBe(false);
  });

  it("counts neither the ACK nor the rejection of a response that was sent before a name was needed", () => {
    const names = new WarmingNames();
    names.sent();
    names.needed(["a"], 1);
    names.rejected([a1]);
    expect(names.isLost("a")).toBe(false);
    names.acked([a1]);
    names.ackedAll();
    names.sent();
    names.rejected([a2]);
    expect(names.isLost("a")).toBe(true);
  });

  it("has not lost what is needed for a rejected response alone", () => {
    const names = new WarmingNames();
    names.needed(["a", "b"], 1);
    names.sent();
    names.rejected([a1, b1]);
    names.notNeeded(1, new Set(["b"]));
    expect([names.isLost("a"), names.isLost("b")]).toEqual([false, true]);
    names.rejected([a1]);
    expect(names.isLost("a")).toBe(false);
  });

  it("keeps no more than the last 16 of what happened", () => {
    const names = new WarmingNames();
    names.needed(["a"], 1);
    for (let serial = 2; serial <= 16; serial++) names.needed([`of ${serial}`], serial);
    names.sent();
    names.acked([b1]);
    names.rejected([a1, make("EDS", "of 2", "1")]);
    expect([names.isLost("a"), names.isLost("of 2")]).toEqual([false, true]);
  });
});

function settle(client: RejectingClient): void {
  client.published();
  drain([client]);
  expect(client.violations).toEqual([]);
}

function endpoints({ held }: RejectingClient): string[] {
  return [...held.EDS.values()].map(({ name, version }) => `${name}=${version}`).sort();
}
