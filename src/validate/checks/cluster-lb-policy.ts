import {
  Cluster_DiscoveryType,
  Cluster_LbPolicy,
  ClusterSchema,
} from "../../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { check } from "../check.ts";
import { typeNameIn } from "../typed-struct.ts";

const AGGREGATE = "envoy.extensions.clusters.aggregate.v3.ClusterConfig";

/** Clusters of the type ORIGINAL_DST, and aggregates, choose hosts themselves; others do not. */
export const CLUSTER_LB_POLICY = check(ClusterSchema, "cluster.lb_policy", (cluster, at) => {
  const { clusterDiscoveryType: { case: is, value }, lbPolicy, loadBalancingPolicy } = cluster;
  if (loadBalancingPolicy !== undefined) {
    if (loadBalancingPolicy.policies.length > 0) return;
    return at.error({ path: "load_balancing_policy", message: "Must have a policy" });
  }
  if (lbPolicy === Cluster_LbPolicy.LOAD_BALANCING_POLICY_CONFIG) {
    return at.error({ message: "Must have a load_balancing_policy, since the lb_policy says so" });
  }
  if (is === "clusterType") {
    const type = value.typedConfig && typeNameIn(value.typedConfig);
    if (type !== AGGREGATE || lbPolicy === Cluster_LbPolicy.CLUSTER_PROVIDED) return;
    return at.error({ path: "lb_policy", message: "Must be CLUSTER_PROVIDED, since the cluster is an aggregate" });
  }
  const isOriginal = value === Cluster_DiscoveryType.ORIGINAL_DST;
  const isProvided = lbPolicy === Cluster_LbPolicy.CLUSTER_PROVIDED;
  if (isOriginal && !isProvided) {
    at.error({ path: "lb_policy", message: "Must be CLUSTER_PROVIDED, since the type is ORIGINAL_DST" });
  }
  if (!isOriginal && isProvided) {
    at.error({ path: "lb_policy", message: "Must not be CLUSTER_PROVIDED, since the type has no load balancer" });
  }
});
