import type { Resource } from "../../resource/mod.ts";
import * as type from "../../v3/types.ts";

/**
 * Resources in an order in which each refers to those before it, so that the first ones make sense without the others: the
 * routes of a listener are wrong before the listener is there.
 */
export function inOrder(resources: readonly Resource[]): Resource[] {
  const rank = ({ typeUrl }: Resource): number => ORDER.indexOf(typeUrl);
  return resources.filter((each) => rank(each) >= 0).sort((a, b) => rank(a) - rank(b));
}

const ORDER = [
  type.RUNTIME_TYPE,
  type.SECRET_TYPE,
  type.EXTENSION_CONFIG_TYPE,
  type.LB_ENDPOINT_TYPE,
  type.ENDPOINT_TYPE,
  type.CLUSTER_TYPE,
  type.VIRTUAL_HOST_TYPE,
  type.ROUTE_TYPE,
  type.SCOPED_ROUTE_TYPE,
  type.LISTENER_TYPE,
];
