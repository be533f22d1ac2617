import assert from "node:assert/strict";
import { ClusterSchema } from "../../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { AggregatedDiscoveryService } from "../../../gen/envoy/service/discovery/v3/ads_pb.ts";
import { v3 } from "../../../src/v3/table.ts";
import { type Case, describes } from "../case.ts";
import type { Described } from "../command.ts";
import { TIMEOUT_MS } from "../../matrix/timeout.ts";

/** gRPC's standard services. */
export const DESCRIBED: readonly Case[] = [
  {
    name: "health is served, and the descriptors of a service and of a resource are found by reflection",
    everywhere: true,
    clients: describes,
    async run(world) {
      await world.publish();
      const described = await world.send({
        do: "describe",
        target: `127.0.0.1:${world.port}`,
        service: AggregatedDiscoveryService.typeName,
        message: ClusterSchema.typeName,
        timeoutMs: TIMEOUT_MS,
      }) as Described;
      const standard = ["health.v1.Health", "reflection.v1.ServerReflection", "reflection.v1alpha.ServerReflection"];
      assert.deepEqual(described, {
        health: "SERVING",
        services: [...v3.services.map(({ service }) => service.typeName), ...standard.map((name) => `grpc.${name}`)],
        methods: AggregatedDiscoveryService.methods.map(({ name }) => name),
        fields: ClusterSchema.fields.length,
      });
    },
  },
];
