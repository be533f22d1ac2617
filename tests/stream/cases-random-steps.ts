import type { Case } from "./case.ts";
import { HOLD_BACK_MS, Session, type Setup } from "./session.ts";
import { SLOTS } from "./world.ts";

const FOUND: readonly [
  name: string,
  setup: Setup["clients"][number],
  steps: (session: Session) => Promise<void>,
][] = [
  [
    "N5 a client that has just subscribed to the wildcard, and moves to another group, is sent all resources",
    { variant: "delta", ttl: false },
    async (session) => {
      const [client] = session.clients;
      await session.publish(plan({ e0: 1 }));
      await session.request(client!, "EDS", { subscribe: ["c1"] });
      await session.settle(client!);
      await session.request(client!, "EDS", { subscribe: ["*"] });
      await session.move(client!);
    },
  ],
  [
    "N5 D3 a client that has just subscribed to a name again, and moves to another group, is sent it",
    { variant: "delta", ttl: false },
    async (session) => {
      const [client] = session.clients;
      // Groups differ in everything else.
      await session.publish(plan({ e1: 3, e0: 1 }));
      await session.request(client!, "EDS", { subscribe: ["c0", "c1"] });
      await session.settle(client!);
      await session.request(client!, "EDS", { subscribe: ["c0", "c1"] });
      await session.move(client!);
    },
  ],
  [
    "N5 O4 a client that is sent a cluster after it has moved to another group is sent its endpoints",
    { variant: "delta", ttl: false },
    async (session) => {
      const [client] = session.clients;
      await session.publish(plan({ c0: 1, e0: 1 }));
      await session.request(client!, "EDS", { subscribe: ["c0"] });
      session.take(client!);
      await session.move(client!);
      await session.request(client!, "CDS", {});
    },
  ],
  [
    "D11 O2 a client that unsubscribes from the wildcard and subscribes to it in one request is sent withheld removals",
    { variant: "delta", ttl: false },
    async (session) => {
      const [client] = session.clients;
      await session.publish(plan({ c2: 3, l0: 4 }));
      await session.request(client!, "CDS", {});
      await session.request(client!, "LDS", {});
      session.take(client!);
      for (const { type, nonce } of client!.model.inFlight) await session.request(client!, type, { nonce });
      // The listener refers to another cluster, so the client keeps the former one until it has ACKed the listener.
      await session.publish(plan({ c0: 3, l0: 4 }));
      session.take(client!);
      await session.request(client!, "CDS", { subscribe: ["*"], unsubscribe: ["*", "c0"] });
    },
  ],
  [
    "O1 a type that was blocked together with an earlier one is released together with it",
    { variant: "delta", ttl: false },
    async (session) => {
      const [client] = session.clients;
      await session.request(client!, "LDS", {});
      await session.publish(plan({ e0: 3 }));
      await session.request(client!, "SRDS", { unsubscribe: ["*"] });
      await session.request(client!, "CDS", { subscribe: ["c0", "c3"] });
      session.take(client!);
      await session.publish(plan({ c0: 6, c3: 6, e0: 2, r0: 5, l0: 5, k0: 3 }));
      session.take(client!);
      for (const { type, nonce } of client!.model.inFlight) await session.request(client!, type, { nonce });
      session.wait(2 * HOLD_BACK_MS);
      session.take(client!);
    },
  ],
];

/** What random steps have found and a transcript cannot show: it depends on groups, or on when the server calls. */
export const RANDOM_STEPS: readonly Case[] = FOUND.map(([name, client, steps]) => [name, async () => {
  const session = new Session({ backend: "SnapshotCache, whole snapshots", clients: [client], doubles: false });
  try {
    await steps(session);
    await session.finish();
  } catch (error) {
    throw session.explain(error);
  }
}]);

function plan(contents: Readonly<Record<string, number>>): number[] {
  return SLOTS.map((slot) => contents[slot] ?? 0);
}
