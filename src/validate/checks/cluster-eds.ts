import { Cluster_DiscoveryType, ClusterSchema } from "../../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { check } from "../check.ts";

/** A cluster has a configuration of EDS if it is of that type, and only then. */
export const CLUSTER_EDS = check(ClusterSchema, "cluster.eds_config", (cluster, at) => {
  const { clusterDiscoveryType: { case: is, value }, edsClusterConfig } = cluster;
  const isEds = is === "type" && value === Cluster_DiscoveryType.EDS;
  if (isEds && edsClusterConfig === undefined) {
    at.error({ message: "Must have an eds_cluster_config, since the type is EDS" });
  }
  if (!isEds && edsClusterConfig !== undefined) {
    at.error({ path: "eds_cluster_config", message: "Must not be there, since the type is not EDS" });
  }
  if (isEds && edsClusterConfig !== undefined && edsClusterConfig.edsConfig === undefined) {
    at.error({ path: "eds_cluster_config", message: "Must have an eds_config" });
  }
});
