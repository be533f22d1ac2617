import { afterEach, describe, expect, it, vi } from "vitest";
import { createDiscoveryServer, type DiscoveryServer, Snapshot, SnapshotCache } from "../../mod.ts";
import { Cluster_DiscoveryType } from "../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { ads, cluster, CLUSTER_TYPE, ENDPOINT_TYPE, ROUTE_TYPE, routeConfig } from "../../src/v3/mod.ts";
import { InProcessClient } from "./in-process-client.ts";

const eds = (name: string) =>
  cluster({
    name,
    clusterDiscoveryType: { case: "type", value: Cluster_DiscoveryType.EDS },
    edsClusterConfig: { edsConfig: ads() },
  });

/** Time is faked, for what is logged is logged after seconds. */
function start(cache: SnapshotCache): { readonly server: DiscoveryServer; readonly lines: string[] } {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  const lines: string[] = [];
  const add = (_: object, message: string): void => void lines.push(message);
  return { server: createDiscoveryServer({ cache, log: { warn: add, error: add } }), lines };
}

describe("what is logged of clients that wait", () => {
  afterEach(() => void vi.useRealTimers());

  it("is that a node has no snapshot, once for each node, and which keys have one", async () => {
    const cache = new SnapshotCache();
    for (const key of ["a", "b", "c", "d", "e", "f", "g"]) cache.setSnapshot(key, new Snapshot());
    const { server, lines } = start(cache);
    for (const id of ["edge-1", "edge-1", "edge-2", "a"]) {
      new InProcessClient(server, { id, variant: "sotw" }).subscribe(CLUSTER_TYPE, []);
    }
    await vi.advanceTimersByTimeAsync(1500);
    expect(lines).toEqual([]);
    await vi.advanceTimersByTimeAsync(60_000);
    const known = 'has no snapshot; there are ones for "a", "b", "c", "d", "e" and 2 more';
    expect(lines).toEqual([`WAITING node "edge-1" ${known}`, `WAITING node "edge-2" ${known}`]);
    server.close();
  });

  it("is nothing where the snapshot comes in time", async () => {
    const cache = new SnapshotCache();
    const { server, lines } = start(cache);
    new InProcessClient(server, { id: "edge-1", variant: "sotw" }).subscribe(CLUSTER_TYPE, []);
    await vi.advanceTimersByTimeAsync(1000);
    cache.setSnapshot("edge-1", new Snapshot());
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lines).toEqual([]);
    server.close();
  });

  it("is a name that does not exist while a resource refers to it, once", async () => {
    const cache = new SnapshotCache({ nodeHash: () => "all" });
    cache.setSnapshot("all", new Snapshot({ resources: [eds("a")] }));
    const { server, lines } = start(cache);
    for (const id of ["edge-1", "edge-2"]) {
      const client = new InProcessClient(server, { id, variant: "delta" });
      client.subscribe(CLUSTER_TYPE, ["*"]);
      client.subscribe(ENDPOINT_TYPE, ["a", "unreferenced"]);
    }
    await vi.advanceTimersByTimeAsync(8000);
    expect(lines).toEqual([]);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(lines).toEqual([
      'MISSING ClusterLoadAssignment "a" does not exist, but Cluster "a" refers to it; node "edge-1" waits for it',
    ]);
    server.close();
  });

  it("is a cluster that a route leads to and that does not exist, once", async () => {
    const cache = new SnapshotCache({ nodeHash: () => "all" });
    cache.setSnapshot("all", [cluster({ name: "app" }), routeConfig("web", { "/": "app", "/typo": "ap" })]);
    const { server, lines } = start(cache);
    for (const variant of ["delta", "sotw"] as const) {
      const client = new InProcessClient(server, { id: "edge-1", variant });
      client.subscribe(CLUSTER_TYPE, variant === "delta" ? ["*"] : []);
      client.subscribe(ROUTE_TYPE, ["web"]);
    }
    await vi.advanceTimersByTimeAsync(8000);
    expect(lines).toEqual([]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lines).toEqual([
      'MISSING Cluster "ap" does not exist, but RouteConfiguration "web" refers to it; ' +
      'node "edge-1" has it only if its bootstrap does',
    ]);
    server.close();
  });

  it("is a bounded number of lines, however many nodes there are", async () => {
    const { server, lines } = start(new SnapshotCache());
    for (let i = 0; i < 200; i++) {
      new InProcessClient(server, { id: `edge-${i}`, variant: "sotw" }).subscribe(CLUSTER_TYPE, []);
    }
    await vi.advanceTimersByTimeAsync(10_000);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThanOrEqual(100);
    server.close();
  });

  it("leaves no timer behind", async () => {
    const { server } = start(new SnapshotCache());
    const client = new InProcessClient(server, { id: "edge-1", variant: "sotw" });
    client.subscribe(CLUSTER_TYPE, []);
    await vi.advanceTimersByTimeAsync(5000);
    client.disconnect();
    await vi.advanceTimersByTimeAsync(100);
    expect(vi.getTimerCount()).toBe(0);
    server.close();
  });
});
