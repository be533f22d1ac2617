import {
  Cluster_DiscoveryType,
  Cluster_LbPolicy,
  ClusterSchema,
} from "../../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { check } from "../check.ts";

/** ORIGINAL_DST clusters choose hosts themselves, and others do not. */
export const CLUSTER_LB_POLICY = check(ClusterSchema, "cluster.lb_policy", (cluster, at) => {
  const { clusterDiscoveryType: { case: is, value }, lbPolicy, loadBalancingPolicy } = cluster;
  if (is === "clusterType" || loadBalancingPolicy !== undefined) return;
  const isOriginal = value === Cluster_DiscoveryType.ORIGINAL_DST;
  const isProvided = lbPolicy === Cluster_LbPolicy.CLUSTER_PROVIDED;
  if (isOriginal && !isProvided) {
    at.error({ path: "lb_policy", message: "Must be CLUSTER_PROVIDED, since the type is ORIGINAL_DST" });
  }
  if (!isOriginal && isProvided) {
    at.error({ path: "lb_policy", message: "Must not be CLUSTER_PROVIDED, since the type has no load balancer" });
  }
});
