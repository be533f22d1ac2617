import { Cluster_DiscoveryType, ClusterSchema } from "../../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { check } from "../check.ts";
import { addressesIn } from "./endpoint-addresses.ts";

/** A LOGICAL_DNS cluster resolves one name. */
export const LOGICAL_DNS = check(ClusterSchema, "cluster.logical_dns", (cluster, at) => {
  const { clusterDiscoveryType: { case: is, value }, loadAssignment } = cluster;
  if (is !== "type" || value !== Cluster_DiscoveryType.LOGICAL_DNS) return;
  const endpoints = loadAssignment?.endpoints.flatMap(({ lbEndpoints }) => lbEndpoints) ?? [];
  if (endpoints.length === 1 && loadAssignment!.endpoints.length === 1) return;
  at.error({
    path: loadAssignment === undefined ? "" : "load_assignment",
    message: "Must have exactly one locality with one endpoint, since the type is LOGICAL_DNS",
    value: `${endpoints.length} endpoints`,
    hint: "STRICT_DNS takes several",
  });
});

/** The names of endpoints are resolved by the cluster, and not by a resolver of their own. */
export const DNS_RESOLVER_NAME = check(ClusterSchema, "cluster.dns_resolver_name", (cluster, at) => {
  const { clusterDiscoveryType: { case: is, value }, loadAssignment } = cluster;
  const isDns = value === Cluster_DiscoveryType.LOGICAL_DNS || value === Cluster_DiscoveryType.STRICT_DNS;
  if (is !== "type" || !isDns || loadAssignment === undefined) return;
  for (const { address: { address }, path } of addressesIn(loadAssignment)) {
    if (address.case !== "socketAddress" || address.value.resolverName === "") continue;
    at.error({
      path: `load_assignment.${path}.socket_address.resolver_name`,
      message: "Must be empty, since names are resolved by DNS",
      value: address.value.resolverName,
    });
  }
});
