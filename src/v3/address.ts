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

/** Makes one of the `lbEndpoints` of a locality: a TCP address, with defaults for all else. */
export function hostEndpoint(host: string, port: number): LbEndpoint {
  return create(LbEndpointSchema, {
    hostIdentifier: { case: "endpoint", value: { address: socketAddress(host, port) } },
  });
}

/** The place of endpoints, and their share of the requests. */
export interface LocalityOptions {
  /** The name of the region. Default: empty. */
  readonly region?: string;
  /** The name of the zone in the region. Default: empty. */
  readonly zone?: string;
  /** The name of the place in the zone. Default: empty. */
  readonly subZone?: string;
  /** The share among the localities of a priority. Default: 1. */
  readonly weight?: number;
  /** 0 for the first choice, 1 for the next. Default: 0. */
  readonly priority?: number;
}

/**
 * Makes one of the `endpoints` of a `ClusterLoadAssignment`: the endpoints of one locality. gRPC clients reject a
 * locality without a name, which may be empty, and ignore one without a weight.
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
