import { fromBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, it } from "vitest";
import { ClusterLoadAssignmentSchema } from "../../gen/envoy/config/endpoint/v3/endpoint_pb.ts";
import { clusterEndpoints, HealthStatus, type HostOptions } from "../../src/v3/mod.ts";
import { validate } from "../../src/validate/mod.ts";

const locality = fc.oneof(
  fc.constantFrom("eu", "eu/1", "eu/2/x", ""),
  fc.record({ region: fc.constantFrom("eu", "us"), zone: fc.constantFrom("1", "2") }, { requiredKeys: [] }),
);
const host: fc.Arbitrary<HostOptions> = fc.record({
  address: fc.oneof(fc.ipV4(), fc.ipV6()),
  port: fc.integer({ min: 1, max: 65_535 }),
  weight: fc.integer({ min: 1, max: 1_000 }),
  priority: fc.integer({ min: 0, max: 128 }),
  health: fc.constantFrom(...Object.values(HealthStatus)),
  locality,
  hostname: fc.constant("h"),
}, { requiredKeys: ["address", "port"] });
const hosts = fc.uniqueArray(host, { selector: ({ address, port }) => `${address} ${port}`, maxLength: 30 });

it("whatever the hosts, clients of both kinds accept them, and none is lost", () => {
  fc.assert(
    fc.property(hosts, (hosts) => {
      const resource = clusterEndpoints("a", hosts);
      expect(validate([resource]).filter(({ severity }) => severity === "error")).toEqual([]);
      const { endpoints } = fromBinary(ClusterLoadAssignmentSchema, resource.bytes);
      expect(endpoints.flatMap(({ lbEndpoints }) => lbEndpoints)).toHaveLength(hosts.length);
      // What gRPC requires: a locality once in each priority, with a weight, and priorities without gaps.
      const keys = endpoints.map(({ locality, priority }) => JSON.stringify([priority, locality]));
      expect(new Set(keys).size).toBe(keys.length);
      expect(endpoints.every(({ locality, loadBalancingWeight = 0 }) => locality && loadBalancingWeight > 0)).toBe(
        true,
      );
      const priorities = [...new Set(endpoints.map(({ priority }) => priority))];
      expect(priorities).toEqual(priorities.map((_, i) => i));
      // A host is tried no earlier than one of a lower priority.
      const given = new Map(hosts.map(({ address, port, priority = 0 }) => [`${address} ${port}`, priority]));
      const order = endpoints.flatMap(({ lbEndpoints }) => lbEndpoints.map((each) => given.get(addressOf(each))!));
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    }),
    { numRuns: 300 },
  );
});

type LbEndpoint = ReturnType<typeof fromBinary<typeof ClusterLoadAssignmentSchema>>["endpoints"][0]["lbEndpoints"][0];

function addressOf({ hostIdentifier }: LbEndpoint): string {
  if (hostIdentifier.case !== "endpoint") throw new Error("no endpoint");
  const { value } = hostIdentifier.value.address!.address;
  if (value?.$typeName !== "envoy.config.core.v3.SocketAddress") throw new Error("no socket address");
  return `${value.address} ${value.portSpecifier.value}`;
}
