import { ClusterSchema } from "../../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { check } from "../check.ts";

/** The endpoints in a cluster carry its name, which Envoy ignores. */
export const CLUSTER_ENDPOINTS_NAME = check(ClusterSchema, "cluster.load_assignment_name", (cluster, at) => {
  const { name, loadAssignment } = cluster;
  if (loadAssignment === undefined || loadAssignment.clusterName === name || loadAssignment.clusterName === "") return;
  at.warning({
    path: "load_assignment.cluster_name",
    message: "Must be the name of the cluster",
    value: loadAssignment.clusterName,
  });
});
