import { describe, it } from "vitest";
import { HOLD_BACK_MS, Session, type Setup } from "./session.ts";
import { SLOTS } from "./world.ts";

/** What random steps have found, and no transcript can tell: it depends on groups, or on when the server calls. */
const FOUND: readonly [name: string, setup: Setup["clients"][number], steps: (session: Session) => Promise<void>][] = [
  [
    "N5 a client that has just asked for everything, and moves to another group, gets everything",
    { variant: "delta", ttl: false },
    async (session) => {
      const [client] = session.clients;
      await session.publish(plan({ e0: 1 }));
      await session.say(client!, "EDS", { add: ["c1"] });
      await session.settle(client!);
      await session.say(client!, "EDS", { add: ["*"] });
      await session.move(client!);
    },
  ],
  [
    "N5 D3 a client that has just asked for a name again, and moves to another group, is answered",
    { variant: "delta", ttl: false },
    async (session) => {
      const [client] = session.clients;
      // Groups differ in everything else.
      await session.publish(plan({ e1: 3, e0: 1 }));
      await session.say(client!, "EDS", { add: ["c0", "c1"] });
      await session.settle(client!);
      await session.say(client!, "EDS", { add: ["c0", "c1"] });
      await session.move(client!);
    },
  ],
  [
    "N5 O4 a client that is sent a cluster after it has moved to another group is sent its endpoints",
    { variant: "delta", ttl: false },
    async (session) => {
      const [client] = session.clients;
      await session.publish(plan({ c0: 1, e0: 1 }));
      await session.say(client!, "EDS", { add: ["c0"] });
      session.poll(client!);
      await session.move(client!);
      await session.say(client!, "CDS", {});
    },
  ],
  [
    "D11 O2 a client that drops and adds the wildcard in one request is told what went before",
    { variant: "delta", ttl: false },
    async (session) => {
      const [client] = session.clients;
      await session.publish(plan({ c2: 3, l0: 4 }));
      await session.say(client!, "CDS", {});
      await session.say(client!, "LDS", {});
      session.poll(client!);
      for (const { type, nonce } of client!.model.unanswered) await session.say(client!, type, { nonce });
      // The listener refers to another cluster, so the client keeps the old one until it has accepted that.
      await session.publish(plan({ c0: 3, l0: 4 }));
      session.poll(client!);
      await session.say(client!, "CDS", { add: ["*"], drop: ["*", "c0"] });
    },
  ],
  [
    "O1 what was held back with something that goes earlier goes with it",
    { variant: "delta", ttl: false },
    async (session) => {
      const [client] = session.clients;
      await session.say(client!, "LDS", {});
      await session.publish(plan({ e0: 3 }));
      await session.say(client!, "SRDS", { drop: ["*"] });
      await session.say(client!, "CDS", { add: ["c0", "c3"] });
      session.poll(client!);
      await session.publish(plan({ c0: 6, c3: 6, e0: 2, r0: 5, l0: 5, k0: 3 }));
      session.poll(client!);
      for (const { type, nonce } of client!.model.unanswered) await session.say(client!, type, { nonce });
      session.wait(2 * HOLD_BACK_MS);
      session.poll(client!);
    },
  ],
];

describe("what random steps have found", () => {
  it.each(FOUND)("%s", async (_name, client, steps) => {
    const session = new Session({ backend: "SnapshotCache, whole snapshots", clients: [client], doubles: false });
    try {
      await steps(session);
      await session.finish();
    } catch (error) {
      throw session.explain(error);
    }
  });
});

function plan(contents: Readonly<Record<string, number>>): number[] {
  return SLOTS.map((slot) => contents[slot] ?? 0);
}
