import { describe, expect, it, onTestFinished, vi } from "vitest";
import { SnapshotCache } from "../../src/cache/mod.ts";
import { type Authorize, createDiscoveryServer, type DiscoveryServerOptions } from "../../src/server/mod.ts";
import { DecisionSlots } from "../../src/server/identity/decision-slots.ts";
import { waysInto } from "./ways-in.ts";

const WAYS = waysInto(createDiscoveryServer({ cache: new SnapshotCache(), log: false }));
const STREAM = WAYS.find(({ isStream, title }) => isStream && title.startsWith("transport"))!;
const POLL = WAYS.find(({ isStream, title }) => !isStream && title.startsWith("router"))!;

describe.each([STREAM, POLL])("maxPendingDecisions, $title", (way) => {
  it("calls authorize for so many at once, and for the others in their order", async () => {
    const { calls, authorize } = decisions();
    const server = serve({ authorize, maxPendingDecisions: 2 });
    const outcomes = ["1", "2", "3", "4"].map((nodeId) => way.open(server, { nodeId }).outcome);
    await settled();
    expect([...calls.keys()]).toEqual(["1", "2"]);
    calls.get("2")!(false);
    expect(await outcomes[1]).toBe("denied");
    expect([...calls.keys()]).toEqual(["1", "2", "3"]);
    calls.get("1")!(false);
    await settled();
    expect([...calls.keys()]).toEqual(["1", "2", "3", "4"]);
    for (const id of ["3", "4"]) calls.get(id)!(false);
    expect(await Promise.all(outcomes)).toEqual(["denied", "denied", "denied", "denied"]);
    expect(server.status().limits.maxPendingDecisions).toBe(0);
  });

  it("refuses with UNAVAILABLE what has waited for authorizeTimeoutMs, and serves later ones again", async () => {
    const { authorize } = decisions();
    const server = serve({ authorize, maxPendingDecisions: 1, authorizeTimeoutMs: 50 });
    const outcomes = ["1", "2", "3"].map((nodeId) => way.open(server, { nodeId }).outcome);
    expect(await Promise.all(outcomes)).toEqual(["denied", "denied", "unavailable"]);
    expect(server.status().limits).toMatchObject({ authorizeTimeoutMs: 2, maxPendingDecisions: 1 });
    expect(await way.open(server, { nodeId: "4" }).outcome).toBe("denied");
    expect(server.status().limits).toMatchObject({ authorizeTimeoutMs: 3, maxPendingDecisions: 1 });
  });

  it("does not delay a decision that is made at once", async () => {
    const server = serve({ authorize: () => false, maxPendingDecisions: 1 });
    const outcomes = ["1", "2", "3"].map((nodeId) => way.open(server, { nodeId }).outcome);
    expect(await Promise.all(outcomes)).toEqual(["denied", "denied", "denied"]);
  });
});

describe("a poll that waits", () => {
  it("I-01 is decided on again after reauthorizeMs, and refused once it is denied", async () => {
    let isAllowed = true;
    const authorize = vi.fn<Authorize>(() => isAllowed);
    const server = serve({ authorize, reauthorizeMs: 20, fetchWaitMs: 60_000 });
    const outcome = POLL.open(server, { nodeId: "n" }).outcome;
    await vi.waitUntil(() => authorize.mock.calls.length > 2);
    expect(server.status().polls).toEqual({ waiting: 1, refused: 0 });
    isAllowed = false;
    expect(await outcome).toBe("denied");
    expect(server.status()).toMatchObject({ polls: { waiting: 0, refused: 1 }, authorization: { revoked: 1 } });
    const calls = authorize.mock.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(authorize.mock.calls).toHaveLength(calls);
  });
});

describe("DecisionSlots", () => {
  it("gives a slot to the one that has waited longest, and forgets one that has waited for too long", async () => {
    const slots = new DecisionSlots(1);
    slots.take();
    expect(slots.isFull).toBe(true);
    expect(await slots.wait(1)).toBe(false);
    const order: number[] = [];
    const waiting = [1, 2].map(async (id) => await slots.wait(1_000) && order.push(id));
    slots.release();
    await waiting[0];
    expect(order).toEqual([1]);
    slots.release();
    await waiting[1];
    slots.release();
    expect([order, slots.isFull]).toEqual([[1, 2], false]);
  });
});

/** An `authorize` whose decisions are made by the test, by the ids of nodes. */
function decisions() {
  const calls = new Map<string, (decision: boolean) => void>();
  const authorize: Authorize = ({ node }) => new Promise((resolve) => calls.set(node.id, resolve));
  return { calls, authorize };
}

function serve(options: Partial<DiscoveryServerOptions>) {
  const server = createDiscoveryServer({ cache: new SnapshotCache(), log: false, ...options });
  onTestFinished(() => server.close());
  return server;
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 20));
}
