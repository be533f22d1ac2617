import type { Address } from "../../../gen/envoy/config/core/v3/address_pb.ts";
import type { ClusterLoadAssignment } from "../../../gen/envoy/config/endpoint/v3/endpoint_pb.ts";

/** The addresses of the endpoints of a cluster, each with its path. */
export function* addressesIn(
  { endpoints }: ClusterLoadAssignment,
): Iterable<{ readonly address: Address; readonly path: string }> {
  for (const [i, { lbEndpoints }] of endpoints.entries()) {
    for (const [j, { hostIdentifier: { case: is, value } }] of lbEndpoints.entries()) {
      if (is !== "endpoint") continue;
      const path = `endpoints[${i}].lb_endpoints[${j}].endpoint`;
      if (value.address !== undefined) yield { address: value.address, path: `${path}.address` };
      for (const [k, { address }] of value.additionalAddresses.entries()) {
        if (address !== undefined) yield { address, path: `${path}.additional_addresses[${k}].address` };
      }
    }
  }
}
