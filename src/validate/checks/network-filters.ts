import { type Filter, FilterChainSchema } from "../../../gen/envoy/config/listener/v3/listener_components_pb.ts";
import { check } from "../check.ts";
import { typeNameIn } from "../typed-struct.ts";

/** A chain of network filters has one that ends it, which is its last. */
export const NETWORK_FILTERS = check(FilterChainSchema, "network_filters.terminal", ({ filters }, at) => {
  const last = filters.length - 1;
  for (const [i, filter] of filters.entries()) {
    const type = typeOf(filter);
    const path = `filters[${i}]`;
    if (TERMINAL.has(type) && i < last) {
      at.error({ path, message: "Must be the last filter, since it ends the chain", value: filter.name });
    } else if (NEVER_LAST.has(type) && i === last) {
      at.error({ path, message: "Must not be the last filter, since it does not end the chain", value: filter.name });
    }
  }
});

const NETWORK = "envoy.extensions.filters.network";

const TERMINAL: ReadonlySet<string> = new Set([
  `${NETWORK}.direct_response.v3.Config`,
  `${NETWORK}.dubbo_proxy.v3.DubboProxy`,
  `${NETWORK}.echo.v3.Echo`,
  `${NETWORK}.generic_proxy.v3.GenericProxy`,
  `${NETWORK}.http_connection_manager.v3.HttpConnectionManager`,
  `${NETWORK}.redis_proxy.v3.RedisProxy`,
  `${NETWORK}.tcp_proxy.v3.TcpProxy`,
  `${NETWORK}.thrift_proxy.v3.ThriftProxy`,
]);

const NEVER_LAST: ReadonlySet<string> = new Set([
  `${NETWORK}.connection_limit.v3.ConnectionLimit`,
  `${NETWORK}.ext_authz.v3.ExtAuthz`,
  `${NETWORK}.local_ratelimit.v3.LocalRateLimit`,
  `${NETWORK}.mongo_proxy.v3.MongoProxy`,
  `${NETWORK}.ratelimit.v3.RateLimit`,
  `${NETWORK}.rbac.v3.RBAC`,
  `${NETWORK}.set_filter_state.v3.Config`,
  `${NETWORK}.sni_cluster.v3.SniCluster`,
  `${NETWORK}.sni_dynamic_forward_proxy.v3.FilterConfig`,
  `${NETWORK}.zookeeper_proxy.v3.ZooKeeperProxy`,
]);

function typeOf({ configType: { case: is, value } }: Filter): string {
  return is === "typedConfig" ? typeNameIn(value) : "";
}
