import type { Address } from "../../../gen/envoy/config/core/v3/address_pb.ts";
import { ClusterLoadAssignmentSchema } from "../../../gen/envoy/config/endpoint/v3/endpoint_pb.ts";
import { check } from "../check.ts";
import type { Place } from "../place.ts";

/** An endpoint has an address, whose port is a number. */
export const ENDPOINT_HOSTS = check(ClusterLoadAssignmentSchema, "endpoint.address", (assignment, at) => {
  for (const [i, { lbEndpoints }] of assignment.endpoints.entries()) {
    for (const [j, { hostIdentifier: { case: is, value } }] of lbEndpoints.entries()) {
      const path = `endpoints[${i}].lb_endpoints[${j}]`;
      if (is !== "endpoint" || value.address === undefined) {
        at.error({ path, message: "Must have an endpoint with an address" });
      } else checkPort(value.address, at, `${path}.endpoint.address`);
    }
  }
});

function checkPort({ address: { case: is, value } }: Address, at: Place, path: string): void {
  if (is !== "socketAddress" || value.portSpecifier.case !== "namedPort" || value.resolverName !== "") return;
  at.error({
    path: `${path}.socket_address.named_port`,
    message: "Must be a port_value, since the address has no resolver_name",
    value: value.portSpecifier.value,
  });
}
