import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createDiscoveryServer, type DiscoveryServerOptions, rawResource, Snapshot, SnapshotCache } from "../../mod.ts";
import { connectionLimits } from "../../src/node/listen-options.ts";
import { LIMIT_NAMES, type LimitName } from "../../src/server/limits/limit-names.ts";
import { settingsOf } from "../../src/server/options.ts";
import { v3 } from "../../src/v3/table.ts";
import { type Credential, type Way, waysInto } from "./ways-in.ts";

/** A limit of requests, with a request that is within it and one that is beyond. */
interface Limit {
  readonly options: Partial<DiscoveryServerOptions>;
  readonly within: Partial<Credential>;
  readonly beyond: Partial<Credential>;
  readonly outcome: string;
  /** Whether it is a limit of what stays. A poll that has its response at once holds nothing. */
  readonly ofStreams?: true;
}

/** Every limit of what one request may hold. */
const LIMITS: Partial<Readonly<Record<LimitName, Limit>>> = {
  maxRequestBytes: {
    options: { maxRequestBytes: 600 },
    within: {},
    beyond: { names: ["x".repeat(600)] },
    outcome: "exhausted",
  },
  maxHeaderBytes: {
    options: { maxHeaderBytes: 300 },
    within: { token: "x" },
    beyond: { token: "x".repeat(300) },
    outcome: "exhausted",
  },
  maxHeaderPairs: {
    options: { maxHeaderPairs: 10 },
    within: { moreHeaders: 3 },
    beyond: { moreHeaders: 11 },
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
  maxStreamBytes: {
    options: { maxStreamBytes: 25_000 },
    within: { names: ["a"] },
    beyond: { names: Array.from({ length: 60 }, (_, i) => `${i}`) },
    outcome: "exhausted",
  },
  maxHeldBytes: {
    options: { maxHeldBytes: 25_000 },
    within: { names: ["a"] },
    beyond: { names: Array.from({ length: 60 }, (_, i) => `${i}`) },
    outcome: "exhausted",
    ofStreams: true,
  },
  authorizeTimeoutMs: {
    options: {
      authorizeTimeoutMs: 10,
      authorize: ({ node }) => node.id === "slow" ? new Promise<never>(() => {}) : true,
    },
    within: {},
    beyond: { nodeId: "slow" },
    outcome: "denied",
  },
};

/** The tests of the other limits: of time, of many requests together, of connections. */
const ELSEWHERE: Partial<Readonly<Record<LimitName, string>>> = {
  requestTimeoutMs: "request-times.test.ts",
  firstRequestTimeoutMs: "request-times.test.ts",
  maxTypes: "limits.test.ts",
  maxPendingDecisions: "pending-decisions.test.ts",
  maxStreams: "life-cycle.test.ts",
  newStreamsPerSecond: "life-cycle.test.ts",
  queueTimeoutMs: "life-cycle.test.ts",
  maxQueuedStreams: "admission.test.ts",
  maxQueuedBytes: "admission.test.ts",
  stallTimeoutMs: "limits.test.ts",
  maxUnsentBytes: "limits.test.ts",
  maxConnections: "connections.test.ts",
  maxConnectionsPerAddress: "connections.test.ts",
  handshakeTimeoutMs: "connections.test.ts",
  idleTimeoutMs: "connections.test.ts",
  keepalive: "connections.test.ts",
  maxConnectionAgeMs: "life-cycle.test.ts",
};

const WAYS = waysInto(serverWith({}));

describe("limits", () => {
  it("have a row here, or a test elsewhere that sees them counted", () => {
    expect([...Object.keys(LIMITS), ...Object.keys(ELSEWHERE)].sort()).toEqual([...LIMIT_NAMES].sort());
    for (const [name, file] of Object.entries(ELSEWHERE)) {
      const text = readFileSync(new URL(file, import.meta.url), "utf8");
      expect(text, `${file} of ${name}`).toMatch(new RegExp(`\\b(?:limits?|counts)\\b[^;]*\\b${name}\\b`));
    }
  });

  it("are all counted, and all on the page of limits", () => {
    const { limits, admission, headers, ...rest } = settingsOf({ cache: new SnapshotCache() });
    const options = Object.keys({ ...limits, ...admission, ...headers, ...rest, ...connectionLimits({}) });
    const names = options.filter((name) => /^max|TimeoutMs$|PerSecond$/.test(name)).filter((name) => !FORMS.has(name));
    expect(names.filter((name) => !LIMIT_NAMES.includes(name as LimitName))).toEqual([]);
    const page = readFileSync(new URL("../../docs/security.md", import.meta.url), "utf8");
    expect(LIMIT_NAMES.filter((name) => !page.includes(`| \`${name}\` `))).toEqual([]);
  });
});

/** Options that say how a limit is kept. */
const FORMS = new Set(["maxConnectionAgeGraceMs", "maxConnectionAgeJitter"]);

describe.each(Object.entries(LIMITS))("%s holds on every way in", (name, limit) => {
  const { options, within, beyond, outcome, ofStreams = false } = limit;
  it.each(WAYS.filter((way) => isFor(way, name, ofStreams)))("$title", async (way) => {
    const errors: unknown[] = [];
    const server = serverWith({ ...options, callbacks: { onError: (error) => void errors.push(error) } });
    expect(await way.open(server, { nodeId: "node", ...beyond }).outcome).toBe(outcome);
    expect(exceeded(server.status().limits)).toEqual({ [name]: 1 });
    expect(server.status().polls.refused).toBe(way.isStream || !isDiscovery(way) ? 0 : 1);
    expect(await way.open(server, { nodeId: "node", ...within }).outcome).toBe("served");
    expect(exceeded(server.status().limits)).toEqual({ [name]: 1 });
    expect(errors).toHaveLength(name === "authorizeTimeoutMs" ? 1 : 0);
    server.close();
  });
});

describe("D-11 nothing is served before the configuration is loaded", () => {
  it.each(WAYS.filter(isDiscovery))("by $title", async (way) => {
    // A stream would wait otherwise.
    const server = serverWith({ ready: new Promise(() => {}), maxQueuedStreams: 0 });
    expect(await way.open(server, { nodeId: "node" }).outcome).toBe("unavailable");
    expect(exceeded(server.status().limits)).toEqual(way.isStream ? { maxQueuedStreams: 1 } : {});
    server.close();
  });
});

describe("health and reflection are served before that", () => {
  it.each(WAYS.filter((way) => !isDiscovery(way)))("by $title", async (way) => {
    const server = serverWith({ ready: new Promise(() => {}), maxQueuedStreams: 0 });
    expect(await way.open(server, { nodeId: "node" }).outcome).toBe("served");
    server.close();
  });
});

describe("maxStreams holds on every way in, and is none of polls, health and reflection", () => {
  it.each(WAYS)("by $title", async (way) => {
    const server = serverWith({ maxStreams: 0 });
    const counts = way.isStream && isDiscovery(way);
    expect(await way.open(server, { nodeId: "node" }).outcome).toBe(counts ? "unavailable" : "served");
    expect(exceeded(server.status().limits)).toEqual(counts ? { maxStreams: 1 } : {});
    server.close();
  });
});

function exceeded(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

function isDiscovery({ typeUrl }: Way): boolean {
  return typeUrl !== "";
}

/** Whether requests of a way can break a limit. */
function isFor({ limits, isStream }: Way, name: string, ofStreams: boolean): boolean {
  return (isStream || !ofStreams) && (limits?.includes(name) ?? true);
}

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
