import { Cluster_DiscoveryType, ClusterSchema } from "../../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { FilterChainSchema } from "../../../gen/envoy/config/listener/v3/listener_components_pb.ts";
import { FractionalPercent_DenominatorType, FractionalPercentSchema } from "../../../gen/envoy/type/v3/percent_pb.ts";
import { check } from "../check.ts";

// What Envoy takes, and what does nothing, or less than it says.

/** A cluster that is not EDS has its endpoints in it. */
export const NO_ENDPOINTS = check(ClusterSchema, "cluster.no_endpoints", (cluster, at) => {
  const { clusterDiscoveryType: { case: is, value = Cluster_DiscoveryType.STATIC }, loadAssignment } = cluster;
  if (is === "clusterType" || loadAssignment !== undefined) return;
  if (value !== Cluster_DiscoveryType.STATIC && value !== Cluster_DiscoveryType.STRICT_DNS) return;
  at.warning({ message: "Must have a load_assignment, without which it has no endpoints" });
});

/** A filter chain has filters. */
export const NO_FILTERS = check(FilterChainSchema, "network_filters.none", ({ filters }, at) => {
  if (filters.length === 0) {
    at.warning({ path: "filters", message: "Must not be empty, since connections are closed then" });
  }
});

/** A part is at most the whole. */
export const PERCENT = check(FractionalPercentSchema, "percent.numerator", ({ numerator, denominator }, at) => {
  const most = denominator === FractionalPercent_DenominatorType.HUNDRED
    ? 100
    : denominator === FractionalPercent_DenominatorType.TEN_THOUSAND
    ? 10_000
    : 1_000_000;
  if (numerator > most) at.warning({ path: "numerator", message: `Must be at most ${most}`, value: `${numerator}` });
});
