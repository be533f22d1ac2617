import {
  TcpProxy_WeightedCluster_ClusterWeightSchema,
  TcpProxySchema,
} from "../../../gen/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy_pb.ts";
import { CLUSTER_TYPE } from "../../v3/types.ts";
import { type Check, check } from "../check.ts";

const RULE = "reference.cluster";

/** The clusters of TCP proxies, but for those that the client requests on demand. */
export const TCP_PROXY_REFERENCES: readonly Check[] = [
  check(TcpProxySchema, RULE, ({ clusterSpecifier: { case: is, value }, onDemand }, at) => {
    if (is !== "cluster" || onDemand !== undefined) return;
    at.refer({ typeUrl: CLUSTER_TYPE, name: value, path: is, isRejected: false });
  }),
  check(TcpProxy_WeightedCluster_ClusterWeightSchema, RULE, ({ name }, at) => {
    if (at.around(TcpProxySchema)?.onDemand !== undefined) return;
    at.refer({ typeUrl: CLUSTER_TYPE, name, path: "name", isRejected: false });
  }),
];
