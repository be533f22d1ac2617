import { Cluster_DiscoveryType, ClusterSchema } from "../../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { check } from "../check.ts";

/** A cluster that sends connections where they were going has no endpoints of its own. */
export const ORIGINAL_DST = check(
  ClusterSchema,
  "cluster.original_dst",
  ({ clusterDiscoveryType, loadAssignment }, at) => {
    const { case: is, value } = clusterDiscoveryType;
    if (is !== "type" || value !== Cluster_DiscoveryType.ORIGINAL_DST || loadAssignment === undefined) return;
    at.error({ path: "load_assignment", message: "Must not be there, since the type is ORIGINAL_DST" });
  },
);
