import {
  WeightedCluster_ClusterWeightSchema,
  WeightedClusterSchema,
} from "../../../gen/envoy/config/route/v3/route_components_pb.ts";
import {
  TcpProxy_WeightedClusterSchema,
} from "../../../gen/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy_pb.ts";
import { check } from "../check.ts";

/** Weights add up to more than 0, and to no more than fits. */
export const WEIGHTS_OF_ROUTES = check(WeightedClusterSchema, "weighted_clusters.sum", ({ clusters }, at) => {
  const sum = clusters.reduce((total, { weight = 0 }) => total + weight, 0);
  if (clusters.length === 0 || sum > 0 && sum <= MAX_SUM) return;
  at.error({ path: "clusters", message: `Must have weights whose sum is from 1 to ${MAX_SUM}`, value: `${sum}` });
});

/** The same of TCP proxies. */
export const WEIGHTS_OF_TCP = check(TcpProxy_WeightedClusterSchema, "weighted_clusters.sum", ({ clusters }, at) => {
  const sum = clusters.reduce((total, { weight }) => total + weight, 0);
  if (sum <= MAX_SUM) return;
  at.error({ path: "clusters", message: `Must have weights whose sum is at most ${MAX_SUM}`, value: `${sum}` });
});

/** A weight is that of a cluster, or of a header that names one. */
export const WEIGHT_OF_ONE = check(WeightedCluster_ClusterWeightSchema, "weighted_clusters.name", (weight, at) => {
  if ((weight.name === "") !== (weight.clusterHeader === "")) return;
  at.error({ message: "Must have a name or a cluster_header, and not both" });
});

const MAX_SUM = 4_294_967_295;
