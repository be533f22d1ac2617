import { Cluster_DiscoveryType, ClusterSchema } from "../../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import {
  type ClusterLoadAssignment,
  ClusterLoadAssignmentSchema,
} from "../../../gen/envoy/config/endpoint/v3/endpoint_pb.ts";
import { check } from "../check.ts";
import type { Place } from "../place.ts";
import { addressesIn } from "./endpoint-addresses.ts";
import { checkIp } from "./ip-address.ts";

/** Endpoints have IP addresses, but in clusters whose names are resolved by DNS. */
export const CLUSTER_ADDRESSES = check(ClusterLoadAssignmentSchema, "endpoint.ip_address", (assignment, at) => {
  const cluster = at.around(ClusterSchema);
  const { case: is, value } = cluster?.clusterDiscoveryType ?? {};
  if (cluster !== undefined && (is === "clusterType" || DNS.includes(value ?? Cluster_DiscoveryType.STATIC))) return;
  checkAll(assignment, at);
});

const DNS: readonly unknown[] = [Cluster_DiscoveryType.STRICT_DNS, Cluster_DiscoveryType.LOGICAL_DNS];

function checkAll(assignment: ClusterLoadAssignment, at: Place): void {
  for (const { address, path } of addressesIn(assignment)) checkIp(address, at, path);
}
