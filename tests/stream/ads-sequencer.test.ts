import { describe, expect, it } from "vitest";
import type { Resource } from "../../mod.ts";
import { AdsSequencer } from "../../src/stream/sequencing/ads-sequencer.ts";
import { PublicationOrder } from "../../src/stream/sequencing/publication-order.ts";
import { v3 } from "../../src/v3/mod.ts";
import { type Type, TYPES } from "../protocol/transcript.ts";
import { FakeProgress } from "./fake-progress.ts";
import { make } from "./make.ts";

const HOLD_BACK_MS = 1_000;

describe("AdsSequencer", () => {
  function start(holdBackMs = HOLD_BACK_MS) {
    const cds = new FakeProgress("CDS");
    const eds = new FakeProgress("EDS", { undelivered: ["c"] });
    const rds = new FakeProgress("RDS").be("pending");
    const sds = new FakeProgress("SDS").be("pending");
    const sequencer = new AdsSequencer(PublicationOrder.of(v3), holdBackMs);
    for (const type of [sds, rds, eds, cds]) sequencer.add(type);
    /** A response with clusters of type EDS was sent. */
    const sent = (...names: string[]) => {
      const changed = names.map((name) => make("CDS", name, "eds"));
      sequencer.sent(cds, { serial: 1, changed }, 0);
    };
    return { sequencer, cds, eds, rds, sds, sent };
  }

  it("has the types in the order of a publication", () => {
    const { sequencer, cds, eds, rds, sds } = start();
    expect(sequencer.types).toEqual([cds, eds, rds, sds]);
    expect([...sequencer.byUrl.values()]).toEqual([sds, rds, eds, cds]);
  });

  it.each<[string, Type, string | undefined, (type: FakeProgress) => void]>([
    ["is in sync", "CDS", undefined, () => {}],
    ["has changes that are not sent", "CDS", "unsent", (type) => type.be("pending")],
    ["has changes that it does not need itself", "EDS", "unsent", (type) => type.be("pending")],
    ["is in flight", "CDS", "ack", (type) => type.be("in flight")],
    ["is in flight, and has changed again", "CDS", "ack", (type) => {
      type.be("in flight").watched.hasChanged = true;
    }],
    ["is overdue", "CDS", undefined, (type) => type.be("overdue")],
    ["is rejected", "CDS", undefined, (type) => type.be("rejected")],
    ["has no view", "CDS", undefined, (type) => type.be("pending").watched.view = undefined],
    ["awaits the view of another group", "CDS", undefined, (type) => type.be("pending").watched.hasMoved = true],
    ["is not subscribed", "CDS", undefined, (type) => type.be("pending").subscription.isEmpty = true],
  ])("gates an update while an earlier type %s (%s): %s", (_, type, reason, change) => {
    const { sequencer, cds, eds, rds } = start();
    change(type === "CDS" ? cds : eds);
    expect(sequencer.updateGate(rds)).toEqual(reason && { typeUrl: TYPES[type], reason });
    expect(sequencer.updateGate(rds), "asking changes nothing").toEqual(reason && { typeUrl: TYPES[type], reason });
  });

  it("does not gate the endpoints of a client that returns by the ACK of the clusters that wait for them", () => {
    const { sequencer, cds, eds } = start();
    cds.be("in flight").watched.hasChanged = true;
    eds.be("pending");
    expect(sequencer.updateGate(eds)).toEqual({ typeUrl: TYPES.CDS, reason: "ack" });
    eds.isReturning = true;
    expect(sequencer.updateGate(eds)).toBeUndefined();
  });

  it.each<[string, (types: ReturnType<typeof start>) => FakeProgress]>([
    ["of requested resources", ({ rds }) => Object.assign(rds, { isUrgent: true })],
    ["of a type without a place in the order", ({ sds }) => sds],
    ["of the first type", ({ cds }) => cds],
    ["of a type that does not need the one in flight", ({ eds }) => eds],
  ])("does not gate an update %s", (_, typeOf) => {
    const types = start();
    types.cds.be("in flight");
    expect(types.sequencer.updateGate(typeOf(types))).toBeUndefined();
  });

  it("gates nothing without a time to wait", () => {
    const { sequencer, cds, rds } = start(0);
    cds.be("in flight");
    expect([sequencer.updateGate(rds), sequencer.removalGate(cds).opensAt(0)]).toEqual([undefined, -Infinity]);
  });

  it("has the endpoints of a cluster sent again, and gates what needs both until they were received", () => {
    const { sequencer, eds, rds, sent } = start();
    sent("c", "missing");
    expect(eds.requested).toEqual(["c", "missing"]);
    expect(sequencer.updateGate(rds)).toEqual({ typeUrl: TYPES.CDS, reason: "dependencies" });
    eds.deliver("c");
    sequencer.expire(0);
    expect(sequencer.updateGate(rds)).toBeUndefined();
  });

  it("gates nothing for the clusters of a rejected response, but for those of others", () => {
    const { sequencer, cds, rds, sent } = start();
    sent("c");
    sequencer.nacked(cds, 2);
    expect(sequencer.updateGate(rds)).toBeDefined();
    sequencer.nacked(cds, 1);
    expect(sequencer.updateGate(rds)).toBeUndefined();
  });

  it.each(["acked", "nacked"] as const)("pins the endpoints of a cluster until it is %s", (outcome) => {
    const { sequencer, cds, sent } = start();
    const pinned = () => [...sequencer.pinned(TYPES.EDS).keys()];
    sent("c", "missing");
    expect(pinned()).toEqual(["c"]);
    sequencer[outcome](cds, 1);
    expect(pinned()).toEqual([]);
  });

  it("releases a type after its time, for which no type is waited for a second time", () => {
    const { sequencer, cds, rds, sent } = start();
    cds.be("in flight");
    sent("c");
    expect([sequencer.dueAt, sequencer.blockedUntil(TYPES.RDS)]).toEqual([1_000, undefined]);
    expect([sequencer.block(TYPES.RDS, 300), sequencer.block(TYPES.RDS, 400)]).toEqual([true, false]);
    expect(sequencer.blockedUntil(TYPES.RDS)).toBe(1_300);
    sequencer.expire(1_299);
    expect(sequencer.updateGate(rds)).toMatchObject({ reason: "ack" });
    sequencer.expire(1_300);
    expect([sequencer.updateGate(rds), cds.exchange.overdueMarks, sequencer.dueAt]).toEqual([undefined, 1, Infinity]);
    expect([sequencer.synced(rds), sequencer.synced(rds)]).toEqual([true, false]);
    cds.be("in flight");
    expect(sequencer.updateGate(rds), "but it is gated again").toMatchObject({ reason: "ack" });
  });

  it("ends the wait of a type that has become in sync otherwise", () => {
    const { sequencer, rds } = start();
    sequencer.block(TYPES.RDS, 0);
    rds.be("in sync");
    sequencer.expire(1);
    expect(sequencer.blockedUntil(TYPES.RDS)).toBeUndefined();
  });

  it.each<[string, string | undefined, (cds: FakeProgress) => void]>([
    ["by name, and waits for it", "dependencies", () => {}],
    ["by name, and was sent it", undefined, (cds) => cds.isDelivered = () => true],
    ["to the wildcard", undefined, (cds) => cds.subscription.wildcard = true],
  ])("withholds removals while routes lead to a cluster, of a client that subscribes %s: %s", (_, reason, change) => {
    const { sequencer, cds, rds } = start();
    const changed: Resource[] = [make("RDS", "r", "to c")];
    cds.isDelivered = () => false;
    cds.watched.view = { get: () => changed[0], revision: 1 } as never;
    change(cds);
    sequencer.sent(rds.be("in sync"), { serial: 1, changed }, 0);
    expect(sequencer.removalGate(cds).blocker).toEqual(reason && { typeUrl: TYPES.RDS, reason });
    cds.isDelivered = () => true;
    cds.deliveryRevision++;
    sequencer.expire(0);
    expect(sequencer.removalGate(cds).blocker, "once it was sent").toBeUndefined();
  });
});
