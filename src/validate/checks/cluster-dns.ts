import { Cluster_DiscoveryType, ClusterSchema } from "../../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { check } from "../check.ts";

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
