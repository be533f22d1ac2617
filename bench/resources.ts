import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ClusterSchema } from "../gen/envoy/config/cluster/v3/cluster_pb.ts";
import type { ClusterLoadAssignmentSchema } from "../gen/envoy/config/endpoint/v3/endpoint_pb.ts";
import type { HostOptions } from "../src/v3/mod.ts";

// The same messages as in bench/peer/resources.go.

/** A cluster of EDS. @param owner - a part of its content. Default: the one that all nodes have */
export function clusterInit(i: number, round: number, owner = "namespace"): MessageInitShape<typeof ClusterSchema> {
  const number = `${i}`.padStart(6, "0");
  return {
    name: `cluster-${number}`,
    clusterDiscoveryType: { case: "type", value: 3 },
    edsClusterConfig: {
      serviceName: `${owner}/service-${number}`,
      edsConfig: { resourceApiVersion: 2, configSourceSpecifier: { case: "ads", value: {} } },
    },
    connectTimeout: { seconds: 5n, nanos: round * 1000 },
    lbPolicy: 1,
  };
}

/** The endpoints of a cluster. @param hosts - their number */
export function endpointsInit(
  i: number,
  round: number,
  hosts: number,
): MessageInitShape<typeof ClusterLoadAssignmentSchema> {
  const lbEndpoints = Array.from({ length: hosts }, (_, j) => {
    const portSpecifier = { case: "portValue" as const, value: 8000 + round };
    const value = { address: addressOf(i, j), portSpecifier };
    const endpoint = { address: { address: { case: "socketAddress" as const, value } } };
    return { hostIdentifier: { case: "endpoint" as const, value: endpoint } };
  });
  return {
    clusterName: clusterNameOf(i),
    endpoints: [{ locality: { region: "region", zone: "zone" }, lbEndpoints }],
  };
}

/** The hosts of the same endpoints. @param hosts - their number */
export function hostsOf(i: number, round: number, hosts: number): HostOptions[] {
  return Array.from({ length: hosts }, (_, j) => {
    return { address: addressOf(i, j), port: 8000 + round, locality: "region/zone" };
  });
}

/** The name of a cluster. */
export function clusterNameOf(i: number): string {
  return `cluster-${`${i}`.padStart(6, "0")}`;
}

function addressOf(i: number, j: number): string {
  return `10.${i >> 8 & 255}.${i & 255}.${j}`;
}
