import { create, type DescMessage, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Client, credentials } from "@grpc/grpc-js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  DeltaDiscoveryRequestSchema,
  type DeltaDiscoveryResponse,
  DeltaDiscoveryResponseSchema,
  DiscoveryRequestSchema,
  type DiscoveryResponse,
  DiscoveryResponseSchema,
} from "../../gen/envoy/service/discovery/v3/discovery_pb.ts";
import { createDiscoveryServer, rawResource, Snapshot, SnapshotCache } from "../../mod.ts";
import { listen, type Listener } from "../../src/node/mod.ts";
import { FakeClient } from "../../src/testing/mod.ts";
import { asV2, CLUSTER_TYPE, ENDPOINT_TYPE, ROUTE_TYPE, v2, VIRTUAL_HOST_TYPE } from "../../src/v2/mod.ts";
import { cluster, EXTENSION_CONFIG_TYPE, routeConfiguration, virtualHostResource } from "../../src/v3/mod.ts";

const cache = new SnapshotCache({ nodeHash: () => "all" });
const resources = [cluster({ name: "a" }), routeConfiguration({ name: "r" })].map(asV2);
let listener: Listener;
let client: Client;

beforeEach(async () => {
  cache.setSnapshot("all", new Snapshot({ resources }));
  listener = await listen(createDiscoveryServer({ cache, api: v2 }), { port: 0 });
  client = new Client(`127.0.0.1:${listener.port}`, credentials.createInsecure());
});

afterEach(async () => {
  client.close();
  await listener.close();
});

describe("the API v2", () => {
  it.each([
    ["/envoy.service.discovery.v2.AggregatedDiscoveryService/StreamAggregatedResources", CLUSTER_TYPE],
    ["/envoy.api.v2.ClusterDiscoveryService/StreamClusters", ""],
  ])("serves %s with its own types", async (path, typeUrl) => {
    const request = create(DiscoveryRequestSchema, { node: { id: "n" }, typeUrl });
    const response = await call<DiscoveryResponse>(path, DiscoveryRequestSchema, request, DiscoveryResponseSchema);
    expect(response.typeUrl).toBe(CLUSTER_TYPE);
    expect(response.resources.map((any) => any.typeUrl)).toEqual([CLUSTER_TYPE]);
  });

  it("serves a service of one type in delta", async () => {
    const request = create(DeltaDiscoveryRequestSchema, { node: { id: "n" }, resourceNamesSubscribe: ["r", "x"] });
    const response = await call<DeltaDiscoveryResponse>(
      "/envoy.api.v2.RouteDiscoveryService/DeltaRoutes",
      DeltaDiscoveryRequestSchema,
      request,
      DeltaDiscoveryResponseSchema,
    );
    expect(response.resources.map(({ name, resource }) => [name, resource?.typeUrl])).toEqual([["r", ROUTE_TYPE]]);
    expect(response.removedResources).toEqual(["x"]);
  });

  it("checks the references of a snapshot by the names of v2", () => {
    const a = asV2(cluster({ name: "a", clusterDiscoveryType: { case: "type", value: 3 } }));
    const [problem] = new Snapshot({ resources: [a] }).check(v2);
    expect(problem).toMatchObject({ kind: "missing", typeUrl: CLUSTER_TYPE, name: "a" });
    expect(new Snapshot({ resources: [a, rawResource(ENDPOINT_TYPE, "a", new Uint8Array())] }).check(v2)).toEqual([]);
  });

  it("H6 sends virtual hosts again with their route configuration, as v3 does", () => {
    const cache = new SnapshotCache();
    const routes = (version: string) =>
      asV2(routeConfiguration({ name: "r", vhds: {}, requestHeadersToRemove: [version] }, { version }));
    const host = asV2(virtualHostResource({ name: "one", domains: ["one.com"] }, { routeConfig: "r" }));
    cache.setSnapshot("node", new Snapshot({ resources: [routes("1"), host] }));
    const client = new FakeClient({ cache, api: v2, variant: "delta" });
    client.subscribe(ROUTE_TYPE, ["r"]);
    client.subscribe(VIRTUAL_HOST_TYPE, ["r/one.com"]);
    client.settle();
    cache.setSnapshot("node", new Snapshot({ resources: [routes("2"), host] }));
    const sent = client.settle().map(({ resources }) => resources.map(({ name, aliases }) => [name, ...aliases]));
    expect(sent).toEqual([[["r"]], [["r/one", "r/one.com"]]]);
    client.close();
  });

  it("throws for a type that v2 does not have", () => {
    const extension = rawResource(EXTENSION_CONFIG_TYPE, "e", new Uint8Array());
    expect(() => asV2(extension)).toThrow('Cannot serve "e": v2 has no');
  });
});

function call<R>(path: string, input: DescMessage, request: object, output: DescMessage): Promise<R> {
  const stream = client.makeBidiStreamRequest(
    path,
    (message: object) => Buffer.from(toBinary(input, message as Parameters<typeof toBinary>[1])),
    (bytes: Uint8Array) => fromBinary(output, bytes) as R,
  );
  stream.on("error", () => {});
  return new Promise((resolve, reject) => {
    stream.on("data", (response: R) => {
      stream.cancel();
      resolve(response);
    });
    stream.on("status", ({ code, details }) => reject(new Error(`${code} ${details}`)));
    stream.write(request);
  });
}
