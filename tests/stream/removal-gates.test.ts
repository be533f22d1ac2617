import { describe, expect, it } from "vitest";
import { Dependencies } from "../../src/stream/sequencing/dependencies.ts";
import { PublicationOrder } from "../../src/stream/sequencing/publication-order.ts";
import { RemovalGates } from "../../src/stream/sequencing/removal-gates.ts";
import { v3 } from "../../src/v3/mod.ts";
import { TYPES } from "../protocol/transcript.ts";
import { FakeProgress } from "./fake-progress.ts";

const HOLD_BACK_MS = 1_000;

describe("RemovalGates", () => {
  function start() {
    const [cds, eds, rds] = [new FakeProgress("CDS"), new FakeProgress("EDS"), new FakeProgress("RDS")];
    const dependencies = new Dependencies(HOLD_BACK_MS);
    const types = new Map([cds, eds, rds].map((type) => [type.typeUrl, type]));
    const since = new Map<string, number>();
    const blocked = { since: (typeUrl: string) => since.get(typeUrl) };
    const order = PublicationOrder.of(v3);
    const gates = new RemovalGates({ order, holdBackMs: HOLD_BACK_MS, types, blocked, dependencies });
    return { cds, eds, rds, dependencies, since, gateOf: (type: FakeProgress) => gates.gateOf(type) };
  }

  it.each<[string, string | undefined, number, (rds: FakeProgress) => void]>([
    ["is in sync", undefined, -Infinity, () => {}],
    ["has changes that are not sent", "unsent", 1_500, (rds) => rds.be("pending")],
    ["is in flight", "ack", 1_500, (rds) => rds.be("in flight")],
    ["is in flight since later", "ack", 1_800, (rds) => rds.be("in flight").exchange.sentAt = 800],
    ["is overdue", undefined, -Infinity, (rds) => rds.be("overdue")],
    ["is rejected", "nack", Infinity, (rds) => rds.be("rejected")],
    ["has withheld removals", "removals", Infinity, (rds) => rds.withheldCount = 1],
    ["has changes and withheld removals", "unsent", Infinity, (rds) => rds.be("pending").withheldCount = 1],
    ["is not subscribed", undefined, -Infinity, (rds) => rds.be("rejected").subscription.isEmpty = true],
  ])("for a referrer that %s: %s until %d", (_, reason, opensAt, change) => {
    const { cds, rds, gateOf } = start();
    change(rds);
    const gate = gateOf(cds);
    expect(gate.blocker).toEqual(reason && { typeUrl: TYPES.RDS, reason });
    expect(gate.opensAt(500)).toBe(opensAt);
  });

  it("opens for each removal by its own time, and for none before that of a referrer which is blocked", () => {
    const { cds, rds, since, gateOf } = start();
    rds.be("pending");
    since.set(TYPES.RDS, 700);
    expect([0, 700, 900].map((each) => gateOf(cds).opensAt(each))).toEqual([1_700, 1_700, 1_900]);
  });

  it("opens by time for more removals than a client may have withheld", () => {
    const { cds, rds, gateOf } = start();
    rds.be("rejected").exchange.sentAt = 9_000;
    cds.withheldCount = 1_000;
    expect(gateOf(cds).opensAt(500)).toBe(Infinity);
    cds.withheldCount = 1_001;
    expect(gateOf(cds).opensAt(500)).toBe(1_500);
  });

  it("is closed for the first response to a client that returns, whose other types may not have arrived", () => {
    const { cds, gateOf } = start();
    cds.isReturning = true;
    const gate = gateOf(cds);
    expect(gate.blocker).toEqual({ typeUrl: TYPES.CDS, reason: "ack" });
    expect(gate.opensAt(500)).toBe(500 + HOLD_BACK_MS);
    const lds = Object.assign(new FakeProgress("LDS"), { isReturning: true });
    expect(gateOf(lds).blocker, "none refers to listeners").toBeUndefined();
  });

  it("is not closed by a type that does not refer to it", () => {
    const { eds, rds, gateOf } = start();
    rds.be("rejected");
    expect(gateOf(eds).blocker, "endpoints are referred to by clusters").toBeUndefined();
    expect(gateOf(rds).blocker).toBeUndefined();
  });

  it.each<[string, object | undefined, (types: ReturnType<typeof start>) => void]>([
    ["its endpoints are in flight", { typeUrl: TYPES.EDS, reason: "ack" }, ({ eds }) => eds.be("in flight")],
    [
      "it waits for endpoints",
      { typeUrl: TYPES.CDS, reason: "dependencies" },
      ({ dependencies }) =>
        dependencies.add({ source: TYPES.CDS, target: TYPES.EDS, warms: true, names: ["a"], serial: 1, now: 0 }),
    ],
    ["it is a wildcard, whatever its endpoints", undefined, ({ cds, eds }) => {
      cds.subscription.wildcard = true;
      eds.be("in flight");
    }],
  ])("of a client that subscribes by name, while %s: %o", (_, blocker, change) => {
    const types = start();
    change(types);
    expect(types.gateOf(types.cds).blocker).toEqual(blocker);
  });
});
