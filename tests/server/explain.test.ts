import { describe, expect, it } from "vitest";
import {
  type Cache,
  cacheFrom,
  createDiscoveryServer,
  type DiscoveryServerOptions,
  type FindingReason,
  LinearCache,
  MuxCache,
  Snapshot,
  SnapshotCache,
} from "../../mod.ts";
import { Cluster_DiscoveryType } from "../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import {
  ads,
  cluster,
  CLUSTER_TYPE,
  ENDPOINT_TYPE,
  endpoints,
  LISTENER_TYPE,
  route,
  ROUTE_TYPE,
  SECRET_TYPE,
} from "../../src/v3/mod.ts";
import { InProcessClient, type InProcessOptions, settle } from "./in-process-client.ts";

const eds = (name: string) =>
  cluster({
    name,
    clusterDiscoveryType: { case: "type", value: Cluster_DiscoveryType.EDS },
    edsClusterConfig: { edsConfig: ads() },
  });
const routeTo = (name: string, to: string) =>
  route({
    name,
    virtualHosts: [{
      name: "v",
      domains: ["*"],
      routes: [{
        match: { pathSpecifier: { case: "prefix", value: "/" } },
        action: { case: "route", value: { clusterSpecifier: { case: "cluster", value: to } } },
      }],
    }],
  });
const GOOD = new Snapshot({ version: "1", resources: [eds("a"), endpoints({ clusterName: "a" }), routeTo("r", "a")] });

interface Row {
  readonly what: string;
  readonly cache?: () => Cache;
  readonly options?: Partial<DiscoveryServerOptions>;
  readonly client?: Omit<InProcessOptions, "id" | "variant">;
  /** What the client subscribes to; it does so in this order. */
  readonly subscribes?: Readonly<Record<string, readonly string[]>>;
  /** What is asked, beside the node `edge-1`. */
  readonly asks?: readonly [typeUrl?: string, name?: string];
  readonly reasons: readonly FindingReason[];
  /** The text of the first finding, or what it has to match. */
  readonly text: string | RegExp;
  /** The text of the last finding. */
  readonly lastText?: string;
  readonly data?: object;
}

const snapshots = (snapshot = GOOD, key = "edge-1") => () => {
  const cache = new SnapshotCache();
  cache.setSnapshot(key, snapshot);
  return cache;
};
const ALL = { [CLUSTER_TYPE]: ["*"], [ENDPOINT_TYPE]: ["a"], [ROUTE_TYPE]: ["r"] };

const ROWS: readonly Row[] = [
  {
    what: "no snapshot for the node",
    cache: snapshots(GOOD, "edge-2"),
    reasons: ["no-configuration", "no-configuration", "no-configuration"],
    text: "Cluster: waits until the cache has a configuration for the client: " +
      'node "edge-1" has no snapshot; there are ones for "edge-2"',
    data: { waitsFor: { what: "configuration", reason: "cache" } },
  },
  {
    what: "a snapshot by another key",
    cache: () => new SnapshotCache({ nodeHash: () => "all" }),
    asks: [CLUSTER_TYPE],
    reasons: ["no-configuration"],
    text: /: node "edge-1" has no snapshot of the key "all"; none was published$/,
  },
  {
    what: "a type without a cache",
    cache: () => new MuxCache({ [CLUSTER_TYPE]: snapshots()() }),
    asks: [ROUTE_TYPE],
    reasons: ["no-configuration"],
    text: /: no cache is chosen for .*RouteConfiguration$/,
  },
  {
    what: "a type that the only cache does not have",
    cache: () => new LinearCache(CLUSTER_TYPE),
    asks: [ENDPOINT_TYPE],
    reasons: ["no-configuration"],
    text: /: the cache has resources of .*Cluster only$/,
  },
  {
    what: "a source that throws",
    cache: () =>
      // deno-lint-ignore require-yield
      cacheFrom(async function* () {
        throw new Error("no such table");
      }),
    asks: [CLUSTER_TYPE],
    reasons: ["source-failed", "no-configuration"],
    text: "the source of Cluster has thrown: no such table, 0 s ago",
    data: { message: "no such table" },
  },
  {
    what: "a type that was not requested",
    subscribes: { [CLUSTER_TYPE]: ["*"] },
    asks: [ROUTE_TYPE],
    reasons: ["not-requested"],
    text: "the client has not requested RouteConfiguration; " +
      "it does once it has a Listener or ScopedRouteConfiguration that refers to one",
  },
  {
    what: "secrets that were not requested",
    subscribes: { [CLUSTER_TYPE]: ["*"] },
    asks: [SECRET_TYPE],
    reasons: ["not-requested"],
    text: "the client has not requested Secret; it does once it has a Cluster or Listener that refers to one",
  },
  {
    what: "a name that was not subscribed",
    cache: snapshots(GOOD.with({ update: [endpoints({ clusterName: "b" })] })),
    asks: [ENDPOINT_TYPE, "b"],
    reasons: ["not-subscribed"],
    text: 'ClusterLoadAssignment "b": the client does not subscribe to it, though it exists',
  },
  {
    what: "a name that does not exist",
    cache: snapshots(GOOD.with({ update: [eds("b")] })),
    subscribes: { ...ALL, [ENDPOINT_TYPE]: ["a", "b"] },
    asks: [ENDPOINT_TYPE, "b"],
    reasons: ["missing"],
    text: 'ClusterLoadAssignment "b": it does not exist, and Cluster "b" refers to it',
    data: { name: "b", typeUrl: ENDPOINT_TYPE },
  },
  {
    what: "names that do not exist, beside those that do",
    subscribes: { ...ALL, [ENDPOINT_TYPE]: ["a", "b"] },
    asks: [ENDPOINT_TYPE],
    reasons: ["missing", "in-sync"],
    text: 'ClusterLoadAssignment "b": it does not exist',
  },
  {
    what: "a response without an ACK",
    client: { replies: { [CLUSTER_TYPE]: "none" } },
    asks: [CLUSTER_TYPE, "a"],
    reasons: ["in-flight"],
    text: /^Cluster: version 1 was sent 0\.\d s ago, and the client has neither ACKed nor NACKed it$/,
    data: { version: "1", name: "a" },
  },
  {
    what: "a rejected response, where nothing is isolated",
    options: { isolate: false },
    client: { replies: { [CLUSTER_TYPE]: { nack: "bad cluster" } } },
    asks: [CLUSTER_TYPE],
    reasons: ["rejected"],
    text: "Cluster: the client has rejected version 1, and uses what it had before: bad cluster",
    data: { version: "1", message: "bad cluster" },
  },
  {
    what: "a rejected resource",
    client: { replies: { [CLUSTER_TYPE]: { nack: "bad cluster 'a'" } } },
    asks: [CLUSTER_TYPE, "a"],
    reasons: ["quarantined"],
    text:
      /^Cluster "a": version \w+ is kept from the client, since it has rejected it: bad cluster 'a'; it has nothing/,
    data: { name: "a", message: "bad cluster 'a'" },
  },
  {
    what: "a route to a cluster that does not exist",
    cache: snapshots(GOOD.with({ update: [routeTo("r", "ap")] })),
    asks: [ROUTE_TYPE, "r"],
    reasons: ["in-sync", "missing"],
    text: /^RouteConfiguration "r": in sync/,
    lastText: 'RouteConfiguration "r": it refers to Cluster "ap", which the cache does not have',
  },
  {
    what: "the same among all, but not of routes that the client does not subscribe to",
    cache: snapshots(GOOD.with({ update: [routeTo("r", "ap"), routeTo("other", "none")] })),
    reasons: ["in-sync", "in-sync", "in-sync", "missing"],
    text: /^Cluster: in sync/,
    lastText: 'RouteConfiguration "r": it refers to Cluster "ap", which the cache does not have',
  },
  {
    what: "a resource that the client has",
    asks: [CLUSTER_TYPE, "a"],
    reasons: ["in-sync"],
    text: /^Cluster "a": in sync; the client has version \w+$/,
  },
  {
    what: "all in sync",
    reasons: ["in-sync", "in-sync", "in-sync"],
    text: "Cluster: in sync; the client has ACKed version 1, and the cache has 1 resource",
    data: { version: "1" },
  },
  {
    what: "a decision that is pending",
    options: { authorize: () => new Promise(() => {}) },
    reasons: ["deciding", "not-requested"],
    text: "requests of the client wait for a decision of authorize()",
  },
];

describe("explain()", () => {
  it.each(ROWS)("says why something has not arrived: $what", async (row) => {
    const server = createDiscoveryServer({ cache: (row.cache ?? snapshots())(), log: false, ...row.options });
    const client = new InProcessClient(server, { id: "edge-1", variant: "delta", ...row.client });
    for (const [typeUrl, names] of Object.entries(row.subscribes ?? ALL)) client.subscribe(typeUrl, names);
    await settle();
    const { text, findings } = server.explain("edge-1", ...row.asks ?? []);
    expect(findings.map(({ reason }) => reason)).toEqual(row.reasons);
    if (typeof row.text === "string") expect(findings[0]!.text).toBe(row.text);
    else expect(findings[0]!.text).toMatch(row.text);
    if (row.lastText !== undefined) expect(findings.at(-1)!.text).toBe(row.lastText);
    expect(findings[0]).toMatchObject({ streamId: 1, ...row.data });
    expect(text.split("\n")).toEqual(findings.map((each) => `#1 ${each.text}`));
    client.disconnect();
    server.close();
  });

  it("says that no such node is connected, and which ones are", async () => {
    const server = createDiscoveryServer({ cache: snapshots()(), log: false });
    expect(server.explain("edge-1").text).toBe('Node "edge-1" has no stream; no node has');
    const clients = ["edge-2", "edge-3"].map((id) => new InProcessClient(server, { id, variant: "sotw" }));
    for (const each of clients) each.subscribe(CLUSTER_TYPE, []);
    expect(server.explain("edge-1")).toMatchObject({
      text: 'Node "edge-1" has no stream; there are ones of "edge-2", "edge-3"',
      findings: [{ reason: "not-connected" }],
    });
    server.close();
  });

  it("says what a change waits for, and for how long", async () => {
    const cache = snapshots()();
    const server = createDiscoveryServer({ cache, log: false });
    const replies: Record<string, "ack" | "none"> = {};
    const client = new InProcessClient(server, { id: "edge-1", variant: "sotw", replies });
    for (const [typeUrl, names] of Object.entries(ALL)) client.subscribe(typeUrl, names);
    await settle();
    replies[CLUSTER_TYPE] = "none";
    cache.setSnapshot("edge-1", GOOD.with({ version: "2", update: [eds("b"), routeTo("r", "b")] }));
    await settle();
    const { findings: [finding] } = server.explain("edge-1", ROUTE_TYPE, "r");
    expect(finding).toMatchObject({ reason: "waits", name: "r", waitsFor: { what: "changes", reason: "ack" } });
    expect(finding!.text).toMatch(/^RouteConfiguration: waits for the ACK of Cluster, at most 1\d s more$/);
    const status = server.status().streams[0]!.state;
    expect(status.map(({ waitsFor }) => waitsFor?.typeUrl)).toEqual([undefined, undefined, CLUSTER_TYPE]);
    expect(status[0]!.inFlightMs).toBeGreaterThanOrEqual(0);
    server.close();
  });

  it("says that a client does not read", async () => {
    const server = createDiscoveryServer({ cache: snapshots()(), log: false });
    const client = new InProcessClient(server, { id: "edge-1", variant: "sotw", reads: false });
    client.subscribe(CLUSTER_TYPE, []);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const { findings } = server.explain("edge-1");
    expect(findings.map(({ reason }) => reason)).toEqual(["unread", "in-flight"]);
    expect(findings[0]!.text).toMatch(/^the client has read nothing of what it is sent for \d s$/);
    server.close();
  });

  it("shows no content of resources, and one line for each finding", async () => {
    const server = createDiscoveryServer({ cache: snapshots()(), log: false });
    const client = new InProcessClient(server, { id: "edge-1", variant: "delta" });
    client.subscribe(LISTENER_TYPE, ["a\nb\u001b[31m"]);
    await settle();
    const { text, findings } = server.explain("edge-1", LISTENER_TYPE);
    expect(text).toContain("a\\nb\\u001b[31m");
    expect(text.split("\n")).toHaveLength(findings.length);
    server.close();
  });
});

describe("status()", () => {
  it("has the names that do not exist, a bounded number of them", async () => {
    const server = createDiscoveryServer({ cache: snapshots()(), log: false });
    const client = new InProcessClient(server, { id: "edge-1", variant: "sotw" });
    client.subscribe(ENDPOINT_TYPE, ["a", ...Array.from({ length: 50 }, (_, i) => `missing-${i}`)]);
    await settle();
    const [{ missing } = { missing: [] }] = server.status().streams[0]!.state;
    expect(missing).toEqual(Array.from({ length: 10 }, (_, i) => `missing-${i}`));
    server.close();
  });
});
