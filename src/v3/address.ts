import { create } from "@bufbuild/protobuf";
import { AddressSchema } from "../../gen/envoy/config/core/v3/address_pb.ts";
import { LocalitySchema } from "../../gen/envoy/config/core/v3/base_pb.ts";
import {
  LbEndpointSchema,
  LocalityLbEndpointsSchema,
} from "../../gen/envoy/config/endpoint/v3/endpoint_components_pb.ts";
import type { Address, LbEndpoint, LocalityLbEndpoints } from "./message-types.ts";

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

/** Where endpoints are, and which share of the requests they get. */
export interface LocalityOptions {
  /** Default: empty, as of the other two names. */
  readonly region?: string;
  readonly zone?: string;
  readonly subZone?: string;
  /** The share among the localities of a priority. Default: 1. */
  readonly weight?: number;
  /** 0 is the first choice, 1 the next. Default: 0. */
  readonly priority?: number;
}

/**
 * Makes one of the `endpoints` of a cluster: the endpoints of one place. gRPC clients need the name of the locality,
 * empty or not, and the weight: they reject endpoints without the one, and pass over those without the other.
 */
export function locality(lbEndpoints: LbEndpoint[], options: LocalityOptions = {}): LocalityLbEndpoints {
  const { region = "", zone = "", subZone = "", weight = 1, priority = 0 } = options;
  return create(LocalityLbEndpointsSchema, {
    locality: create(LocalitySchema, { region, zone, subZone }),
    loadBalancingWeight: weight,
    lbEndpoints,
    priority,
  });
}
