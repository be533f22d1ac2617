import { describe, expect, it } from "vitest";
import { createDiscoveryServer, type DiscoveryServerOptions, rawResource, Snapshot, SnapshotCache } from "../../mod.ts";
import { v3 } from "../../src/v3/table.ts";
import { type Credential, waysInto } from "./ways-in.ts";

/** A limit of requests, with a request that is within it and one that is beyond. */
interface Limit {
  readonly options: Partial<DiscoveryServerOptions>;
  readonly within: Omit<Credential, "nodeId">;
  readonly beyond: Omit<Credential, "nodeId">;
  readonly outcome: string;
}

/** Every limit of what one request may hold. */
const LIMITS: Readonly<Record<string, Limit>> = {
  maxRequestBytes: {
    options: { maxRequestBytes: 600 },
    within: {},
    beyond: { names: ["x".repeat(600)] },
    outcome: "exhausted",
  },
  maxNames: {
    options: { maxNames: 2 },
    within: { names: ["a", "b"] },
    beyond: { names: ["a", "b", "c"] },
    outcome: "exhausted",
  },
  maxNameLength: {
    options: { maxNameLength: 3 },
    within: { names: ["a"] },
    beyond: { names: ["abcd"] },
    outcome: "invalid",
  },
  maxNodeBytes: {
    options: { maxNodeBytes: 100 },
    within: { metadata: { a: "b" } },
    beyond: { metadata: { a: "b".repeat(200) } },
    outcome: "exhausted",
  },
};

const WAYS = waysInto(serverWith({}));

describe.each(Object.entries(LIMITS))("%s holds on every way in", (name, { options, within, beyond, outcome }) => {
  it.each(WAYS.filter(({ limits }) => limits?.includes(name) ?? true))("$title", async (way) => {
    const errors: unknown[] = [];
    const server = serverWith({ ...options, callbacks: { onError: (error) => void errors.push(error) } });
    expect(await way.open(server, { nodeId: "node", ...beyond }).outcome).toBe(outcome);
    expect(await way.open(server, { nodeId: "node", ...within }).outcome).toBe("served");
    expect(errors).toEqual([]);
    server.close();
  });
});

function serverWith(options: Partial<DiscoveryServerOptions>) {
  const cache = new SnapshotCache();
  const resources = v3.types.map(({ typeUrl }) => rawResource(typeUrl, "a", Uint8Array.of(10, 1, 97)));
  cache.setSnapshot("node", new Snapshot({ resources }));
  return createDiscoveryServer({
    cache,
    log: false,
    authorize: () => true,
    health: true,
    reflection: true,
    ...options,
  });
}
