import { create } from "@bufbuild/protobuf";
import { type Address, AddressSchema } from "../../gen/envoy/config/core/v3/address_pb.ts";
import { type LbEndpoint, LbEndpointSchema } from "../../gen/envoy/config/endpoint/v3/endpoint_components_pb.ts";

/**
 * Makes a TCP address, of a listener or an endpoint.
 *
 * @param host - an IP address; in clusters that resolve by DNS also a name
 * @param port - 0 for a listener on any free port
 */
export function socketAddress(host: string, port: number): Address {
  return create(AddressSchema, {
    address: {
      case: "socketAddress",
      value: { address: host, portSpecifier: { case: "portValue", value: port } },
    },
  });
}

/** Makes one of the `lbEndpoints` in a cluster's endpoints: a TCP address, with nothing else said of it. */
export function hostEndpoint(host: string, port: number): LbEndpoint {
  return create(LbEndpointSchema, {
    hostIdentifier: { case: "endpoint", value: { address: socketAddress(host, port) } },
  });
}
