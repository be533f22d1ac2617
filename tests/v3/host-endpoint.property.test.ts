import { create, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  LbEndpointSchema,
  LocalityLbEndpointsSchema,
} from "../../gen/envoy/config/endpoint/v3/endpoint_components_pb.ts";
import { ClusterLoadAssignmentSchema } from "../../gen/envoy/config/endpoint/v3/endpoint_pb.ts";
import { encode } from "../../src/resource/mod.ts";
import { HostEndpoint } from "../../src/v3/host-endpoint.ts";

const numbers = fc.oneof(fc.constantFrom(0, 1, 80, 127, 128, 65_535, 2 ** 32 - 1), fc.nat());
const wrong = fc.constantFrom<unknown>(null, "text", -1, 1.5, NaN, 2 ** 40, {}, []);
const valid = fc.record({
  address: fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom("", "é", "\ud800", "x".repeat(300))),
  port: numbers,
  weight: fc.option(numbers, { nil: undefined }),
  health: fc.constantFrom(0, 1, 5, -1, 99),
});
const any = fc.record({
  address: fc.oneof(valid.map(({ address }) => address), wrong),
  port: fc.oneof(numbers, wrong),
  weight: fc.oneof(numbers, wrong),
  health: fc.oneof(fc.constantFrom(0, 1), wrong),
});

describe("HostEndpoint", () => {
  it("is encoded as the fields that it stands for", () => {
    fc.assert(fc.property(fc.array(valid), (hosts) => {
      expect(outcome(assignment(hosts.map(endpointOf)))).toEqual(outcome(assignment(hosts.map(fieldsOf))));
    }));
  });

  it("has the errors of the fields that it stands for", () => {
    fc.assert(fc.property(fc.array(any, { maxLength: 3 }), (hosts) => {
      expect(outcome(assignment(hosts.map(endpointOf)))).toEqual(outcome(assignment(hosts.map(fieldsOf))));
    }));
  });

  it("is read by the library, and where a message of another type is expected", () => {
    fc.assert(fc.property(valid, (host) => {
      const expected = toBinary(LbEndpointSchema, create(LbEndpointSchema, fieldsOf(host)));
      expect(toBinary(LbEndpointSchema, create(LbEndpointSchema, endpointOf(host)))).toEqual(expected);
      const elsewhere = (item: object) => ({ clusterName: "a", endpoints: [item] });
      expect(outcome(elsewhere(endpointOf(host)))).toEqual(outcome(elsewhere(fieldsOf(host))));
      // The fields of a message that has been made are not made into messages any more.
      const made = (item: object) => {
        const locality = Object.assign(create(LocalityLbEndpointsSchema), { lbEndpoints: [item] });
        return create(ClusterLoadAssignmentSchema, { endpoints: [locality] });
      };
      expect(outcome(made(endpointOf(host)))).toEqual(outcome(made(fieldsOf(host))));
    }));
  });
});

interface Host {
  readonly address: unknown;
  readonly port: unknown;
  readonly weight: unknown;
  readonly health: unknown;
}

function endpointOf({ address, port, weight, health }: Host): HostEndpoint {
  return new HostEndpoint(address as string, port as number, { weight: weight as number, health: health as 0 });
}

function fieldsOf({ address, port, weight, health }: Host): object {
  const value = { address, portSpecifier: { case: "portValue", value: port } };
  const endpoint = { address: { address: { case: "socketAddress", value } } };
  const hostIdentifier = { case: "endpoint", value: endpoint };
  return { hostIdentifier, healthStatus: health, loadBalancingWeight: weight };
}

function assignment(lbEndpoints: object[]): object {
  return { clusterName: "a", endpoints: [{ lbEndpoints }] };
}

function outcome(init: object): unknown {
  try {
    return encode(ClusterLoadAssignmentSchema, init as Record<string, unknown>);
  } catch (error) {
    return String(error);
  }
}
