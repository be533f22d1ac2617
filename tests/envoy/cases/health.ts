import assert from "node:assert/strict";
import { HttpProtocolOptionsSchema } from "../../../gen/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.ts";
import { createDiscoveryServer, type Resource, SnapshotCache } from "../../../mod.ts";
import { listen } from "../../../src/node/mod.ts";
import { cluster, hostEndpoint, typedConfig } from "../../../src/v3/mod.ts";
import type { Case } from "../case.ts";
import { statOf } from "../look.ts";

const HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

/** gRPC's health service, as Envoy checks a cluster of control planes by it. */
export const HEALTH: readonly Case[] = [
  {
    type: "all",
    name: "Envoy's health check of a control plane follows its drain",
    modes: ({ aggregated, variant }) => aggregated && variant === "delta",
    async run(world) {
      const checked = createDiscoveryServer({ cache: new SnapshotCache(), log: false, health: true });
      await using listening = await listen(checked, { port: 0 });
      world.publish([
        controlPlane("whole", listening.port, ""),
        controlPlane("ads", listening.port, "envoy.service.discovery.v3.AggregatedDiscoveryService"),
        controlPlane("unknown", listening.port, "no.such.Service"),
      ]);
      await world.startEnvoy();
      const healthy = (expected: readonly number[]) =>
        world.reach(`healthy control planes: ${expected}`, async () => {
          const stat = (name: string) => statOf(world.envoy, `cluster.${name}.membership_healthy`);
          assert.deepEqual([await stat("whole"), await stat("ads"), await stat("unknown")], expected);
        });
      await healthy([1, 1, 0]);
      await checked.drain();
      await healthy([0, 0, 0]);
    },
  },
];

/** A cluster of one control plane that Envoy checks. */
function controlPlane(name: string, port: number, serviceName: string): Resource {
  return cluster({
    name,
    clusterDiscoveryType: { case: "type", value: 0 /* STATIC */ },
    loadAssignment: { clusterName: name, endpoints: [{ lbEndpoints: [hostEndpoint("127.0.0.1", port)] }] },
    typedExtensionProtocolOptions: {
      [HTTP_OPTIONS]: typedConfig(HttpProtocolOptionsSchema, {
        upstreamProtocolOptions: {
          case: "explicitHttpConfig",
          value: { protocolConfig: { case: "http2ProtocolOptions", value: {} } },
        },
      }),
    },
    healthChecks: [{
      timeout: { seconds: 1n },
      interval: { nanos: 200_000_000 },
      noTrafficInterval: { nanos: 200_000_000 },
      unhealthyThreshold: 1,
      healthyThreshold: 1,
      healthChecker: { case: "grpcHealthCheck", value: { serviceName } },
    }],
  });
}
