import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { type Cluster_EdsClusterConfigSchema, ClusterSchema } from "../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { edsOfCluster } from "../../src/v3/eds-of-cluster.ts";

type Config = MessageInitShape<typeof Cluster_EdsClusterConfigSchema>;

const ads = { configSourceSpecifier: { case: "ads" as const, value: {} } };

describe("edsOfCluster()", () => {
  it.each<[string, Config, object | undefined]>([
    ["over ADS", { edsConfig: ads }, { name: "a", isOverAds: true }],
    ["of the same stream", { edsConfig: { configSourceSpecifier: { case: "self", value: {} } } }, {
      name: "a",
      isOverAds: true,
    }],
    ["over a stream of its own", { edsConfig: { configSourceSpecifier: { case: "apiConfigSource", value: {} } } }, {
      name: "a",
      isOverAds: false,
    }],
    ["without a source", {}, { name: "a", isOverAds: false }],
    ["under another name", { serviceName: "b", edsConfig: ads }, { name: "b", isOverAds: true }],
    ["from a file", { edsConfig: { configSourceSpecifier: { case: "path", value: "eds.yaml" } } }, undefined],
    [
      "from a file that is watched",
      { edsConfig: { configSourceSpecifier: { case: "pathConfigSource", value: {} } } },
      undefined,
    ],
  ])("has the endpoints of a cluster that gets them %s", (_, edsClusterConfig, expected) => {
    expect(edsOfCluster(encoded({ edsClusterConfig }))).toEqual(expected);
  });

  it("has none for a cluster of another type, whatever it says of EDS", () => {
    const edsClusterConfig = { edsConfig: ads };
    expect(edsOfCluster(encoded({ edsClusterConfig, clusterDiscoveryType: { case: "type", value: 0 } }))).toBe(
      undefined,
    );
    expect(edsOfCluster(encoded({ edsClusterConfig, clusterDiscoveryType: { case: undefined } }))).toBe(undefined);
  });

  it("reads messages that are written in parts, and in any order", () => {
    const parts = [
      { edsClusterConfig: { edsConfig: ads } },
      { clusterDiscoveryType: { case: "type", value: 0 } },
      { edsClusterConfig: { serviceName: "b" } },
      { clusterDiscoveryType: { case: "type", value: 3 } },
      { connectTimeout: { seconds: 1n }, lbPolicy: 1, name: "a" },
    ] satisfies MessageInitShape<typeof ClusterSchema>[];
    const bytes = parts.flatMap((part) => [...toBinary(ClusterSchema, create(ClusterSchema, part))]);
    expect(edsOfCluster(Uint8Array.from(bytes))).toEqual({ name: "b", isOverAds: true });
  });

  it("fails where the bytes are no message", () => {
    expect(() => edsOfCluster(Uint8Array.of(10, 200))).toThrow();
  });
});

function encoded(init: MessageInitShape<typeof ClusterSchema>): Uint8Array {
  const type = { case: "type" as const, value: 3 as const };
  return toBinary(ClusterSchema, create(ClusterSchema, { name: "a", clusterDiscoveryType: type, ...init }));
}
