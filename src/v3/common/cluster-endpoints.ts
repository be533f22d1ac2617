import { ClusterLoadAssignmentSchema } from "../../../gen/envoy/config/endpoint/v3/endpoint_pb.ts";
import { type Resource, resource } from "../../resource/mod.ts";
import { endpointGroups } from "./endpoint-groups.ts";
import type { Host } from "./host.ts";
import type { ClusterEndpointsFields } from "./message-fields.ts";
import type { ResourcePart } from "./resource-part.ts";

/** Options of {@link clusterEndpoints}: any other field of `ClusterLoadAssignment`. */
export interface ClusterEndpointsOptions extends ClusterEndpointsFields, ResourcePart {}

/**
 * Makes the endpoints of a cluster, served by EDS, grouped by priority and locality as both Envoy and gRPC need it: each
 * locality has a weight, by default the sum of the weights of its hosts, and priorities have no gaps.
 *
 * @param name - the name of the cluster, or its `serviceName` in EDS
 * @param hosts - none if the cluster has no endpoints at the moment
 * @param options - other fields of the message, such as `policy`
 * @throws TypeError for a host that cannot be read, that is given twice, or whose address is not an IP address
 * @throws RangeError for a port, a weight or a priority that is out of range
 *
 * @example
 * ```ts
 * clusterEndpoints("echo", ["10.0.0.1:8080", { address: "10.0.0.2", port: 8080, weight: 3, locality: "eu/eu-1" }]);
 * ```
 */
export function clusterEndpoints(
  name: string,
  hosts: readonly Host[],
  { resource: options, ...fields }: ClusterEndpointsOptions = {},
): Resource {
  return resource(
    ClusterLoadAssignmentSchema,
    { ...fields, clusterName: name, endpoints: endpointGroups(name, hosts, "ip") },
    options,
  );
}
