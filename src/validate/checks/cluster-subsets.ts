import {
  Cluster_LbPolicy,
  Cluster_LbSubsetConfig_LbSubsetSelector_LbSubsetSelectorFallbackPolicy as Fallback,
  Cluster_LbSubsetConfig_LbSubsetSelectorSchema,
  ClusterSchema,
} from "../../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { check } from "../check.ts";

/** A selector falls back to some of its keys, and not to all. */
export const SUBSET_FALLBACK = check(
  Cluster_LbSubsetConfig_LbSubsetSelectorSchema,
  "cluster.subset_fallback",
  ({ keys, fallbackPolicy, fallbackKeysSubset }, at) => {
    if (fallbackPolicy !== Fallback.KEYS_SUBSET) return;
    const [all, some] = [new Set(keys), new Set(fallbackKeysSubset)];
    if (some.size > 0 && some.size < all.size && [...some].every((key) => all.has(key))) return;
    at.error({ path: "fallback_keys_subset", message: "Must be some of the keys, and not all of them" });
  },
);

/** What chooses hosts itself has no subsets of them. */
export const SUBSETS = check(ClusterSchema, "cluster.subsets", ({ lbPolicy, lbSubsetConfig }, at) => {
  if (lbPolicy !== Cluster_LbPolicy.CLUSTER_PROVIDED || (lbSubsetConfig?.subsetSelectors.length ?? 0) === 0) return;
  at.error({ path: "lb_subset_config", message: "Must not be there, since the lb_policy is CLUSTER_PROVIDED" });
});
