import { describe, expect, it } from "vitest";
import { LinearCache, type View } from "../../mod.ts";
import { ClientState } from "../../src/stream/client-state.ts";
import type { Diff } from "../../src/stream/diff.ts";
import { closed, closedFor, OPEN, type RemovalGate } from "../../src/stream/sequencing/gates.ts";
import { Subscription } from "../../src/stream/subscription.ts";
import { rowOf } from "../../src/stream/open-type.ts";
import { variantFor } from "../../src/stream/variants/variant-for.ts";
import { v3 } from "../../src/v3/mod.ts";
import { ALL_TYPES, type AnyType } from "../protocol/transcript.ts";
import { make, responseOf } from "./make.ts";

const blocker = { typeUrl: ALL_TYPES.LDS, reason: "ack" } as const;
const CLOSED = closed(blocker);

/** Situations in which every variant has a response, each after a first response at time 0. */
const SITUATIONS: readonly [name: string, gate: RemovalGate, arrange: (types: ReturnType<typeof start>) => void][] = [
  ["a first request", OPEN, () => {}],
  ["the versions of an earlier stream", CLOSED, ({ client, view }) => {
    client.resume(new Map([["r/a", view.get("r/a")!.version], ["r/b", "other"], ["r/x", "1"]]));
    client.request("r/b");
  }],
  ["changes, with removals that are withheld", CLOSED, ({ sync, publish }) => {
    sync();
    publish();
  }],
  ["changes, with removals that were withheld and are due", closedFor(1_000, { notBefore: 0, blocker }), (types) => {
    types.sync();
    types.publish();
    types.sync(CLOSED);
    types.cache.apply({ update: [make(types.type, "r/d", "1")], remove: ["r/b"] });
  }],
  ["a change after a NACK", OPEN, ({ client, sync, publish }) => {
    sync();
    client.nacked(responseOf(1, ["r/a", "r/b", "r/x"]));
    publish();
  }],
  ["a view that was replaced", CLOSED, ({ client, view, publish, sync }) => {
    sync();
    client.rebase(view, { wildcard: true, names: ["r/b"], matches: () => true });
    publish();
  }],
];

describe.each<["sotw" | "delta", AnyType]>([["sotw", "CDS"], ["sotw", "RDS"], ["delta", "RDS"], ["delta", "VHDS"]])(
  "the diff of %s for %s",
  (protocol, type) => {
    it.each(SITUATIONS)("changes nothing, and is the same twice: %s", (_, gate, arrange) => {
      const types = start(protocol, type);
      arrange(types);
      const before = stateOf(types);
      const first = resultOf(types.diff(gate, 1_000));
      expect(first.content, "is of use here").toBeDefined();
      expect(stateOf(types)).toEqual(before);
      expect(resultOf(types.diff(gate, 1_000))).toEqual(first);
      expect(stateOf(types)).toEqual(before);
    });

    it("has no response once it is committed", () => {
      const types = start(protocol, type);
      types.sync();
      types.publish();
      expect(types.diff(OPEN, 0).response).toBeDefined();
      types.sync();
      expect(types.diff(OPEN, 0).response).toBeUndefined();
    });
  },
);

function start(protocol: "sotw" | "delta", type: AnyType) {
  const typeUrl = ALL_TYPES[type];
  const cache = new LinearCache(typeUrl, { resources: ["r/a", "r/b"].map((name) => make(type, name, "1")) });
  const variant = variantFor(protocol, rowOf(typeUrl, v3));
  const subscription = new Subscription(variant.collectionFor);
  subscription.setWildcard(true);
  const client = new ClientState();
  client.requestAllUnlessHeld();
  let view: View | undefined;
  cache.watch({ node: { id: "node" } as never, type: typeUrl, subscription }, (each) => view = each);
  const diff = (gate: RemovalGate, now: number): Diff =>
    variant.diff({ view: view!, subscription, client, pinned: new Map(), gate, now });
  const sync = (gate = OPEN) => {
    const difference = diff(gate, 0);
    client.commit(view!, difference, undefined);
    if (variant.fullState && difference.response) client.commitFullState(difference.response.content().resources);
  };
  const publish = () => cache.apply({ update: [make(type, "r/b", "2"), make(type, "r/c", "1")], remove: ["r/a"] });
  return { type, cache, client, subscription, view: view!, diff, sync, publish };
}

/** All that can be read of the state. */
function stateOf({ client, subscription, view }: ReturnType<typeof start>) {
  const { position, pending, held, withheld, rejected, sent, aliases } = client;
  const { names, all, everyCollection } = pending;
  return {
    position,
    pending: { names: [...names], all, everyCollection },
    held: [...held.names].map((name) => [name, held.includes(name, view.get(name)?.version ?? "1")]),
    withheld: new Map(withheld),
    rejected: { names: [...rejected.names], key: rejected.key },
    sent: [...sent],
    targets: [...subscription.names].map((name) => aliases.get(name)),
    subscription: { names: [...subscription.names], wildcard: subscription.wildcard },
  };
}

function resultOf({ response, changed, withheld, loading, heldTtlMs, aliases, carriesRejected }: Diff) {
  return {
    content: response?.content(),
    shareKey: response?.shareKey,
    changed: changed?.(),
    withheld: new Map(withheld),
    loading,
    heldTtlMs,
    aliases,
    carriesRejected,
  };
}
