import { describe, expect, it } from "vitest";
import { createDiscoveryServer, type DiscoveryServer, SnapshotCache } from "../../mod.ts";
import { acceptorOf } from "../../src/server/mod.ts";
import { ADS_DELTA, ADS_SOTW } from "./grpc-client.ts";

describe("acceptorOf()", () => {
  const server = createDiscoveryServer({ cache: new SnapshotCache() });

  it("opens streams of streaming methods alone", () => {
    const accept = acceptorOf(server)!;
    expect([ADS_SOTW, ADS_DELTA].map(accept)).toEqual([expect.any(Function), expect.any(Function)]);
    expect(accept("/envoy.service.cluster.v3.ClusterDiscoveryService/FetchClusters")).toBeUndefined();
    expect(accept("/x")).toBeUndefined();
  });

  it.each<[string, DiscoveryServer]>([
    ["a copy", { ...server }],
    ["an heir", Object.create(server)],
    ["a proxy", new Proxy(server, {})],
  ])("does not open streams past the routes of %s", (_, wrapper) => {
    expect(acceptorOf(wrapper)).toBeUndefined();
  });
});
