import assert from "node:assert/strict";
import type { FindingReason } from "../../../mod.ts";
import { CLUSTER_TYPE, ENDPOINT_TYPE, LISTENER_TYPE, ROUTE_TYPE } from "../../../src/v3/mod.ts";
import { type Case, onlyAds } from "../case.ts";
import { certificates } from "../certificates.ts";
import { edsCluster, endpointAt, httpListener, routesOf, toCluster } from "../make.ts";
import type { Mode } from "../modes.ts";
import type { World } from "../world.ts";

/** Mistakes that people make first, and what the server says of them. */
export const TROUBLES: readonly Case[] = [
  {
    type: "all",
    name: "a node without a snapshot is logged and explained",
    modes: onlyAds,
    async run(world) {
      await world.startEnvoy();
      await reaches(world, "no-configuration", [CLUSTER_TYPE]);
      await logs(world, /^WAITING node "test" has no snapshot of the key "all"; none was published$/);
      assert.match(world.server.explain("test").text, /node "test" has no snapshot/);
      assert.match(world.server.explain("tset").text, /^Node "tset" has no stream; there are ones of "test"$/);
    },
  },
  {
    type: "EDS",
    name: "endpoints that do not exist are logged and explained",
    modes: ({ aggregated, variant }: Mode) => aggregated && variant === "delta",
    async run(world) {
      world.publish([
        edsCluster(world.mode, "a"),
        endpointAt("a", world.upstreams.a.port),
        edsCluster(world.mode, "b"),
      ]);
      await world.startEnvoy();
      await reaches(world, "missing", [ENDPOINT_TYPE, "b"]);
      await reaches(world, "in-sync", [ENDPOINT_TYPE, "a"]);
      assert.match(
        world.server.explain("test", ENDPOINT_TYPE, "b").text,
        /does not exist, and Cluster "b" refers to it$/,
      );
      const { state } = world.server.status().streams[0]!;
      assert.deepEqual(state.find(({ typeUrl }) => typeUrl === ENDPOINT_TYPE)?.missing, ["b"]);
      await logs(world, /^MISSING ClusterLoadAssignment "b" does not exist, but Cluster "b" refers to it;/);
    },
  },
  {
    type: "LDS",
    name: "what is rejected, and what is in sync, is explained",
    modes: onlyAds,
    async run(world) {
      world.publish([
        edsCluster(world.mode, "a"),
        endpointAt("a", world.upstreams.a.port),
        httpListener(world.mode, "bad", { host: "nowhere" }),
        httpListener(world.mode, "good"),
        routesOf("good", "1", [toCluster("a")]),
      ]);
      await world.startEnvoy();
      await reaches(world, "quarantined", [LISTENER_TYPE, "bad"]);
      assert.match(
        world.server.explain("test", LISTENER_TYPE).text,
        /"bad": version \w+ is kept .*malformed IP address/,
      );
      await reaches(world, "in-sync", [LISTENER_TYPE, "good"]);
      await reaches(world, "in-sync", [ROUTE_TYPE, "good"]);
      await reaches(world, "not-subscribed", [ROUTE_TYPE, "other"]);
      world.server.journal.nacks.splice(0);
    },
  },
  {
    type: "all",
    name: "an Envoy without HTTP/2 is logged with what to do",
    modes: onlyAds,
    bootstrap(usual) {
      const [{ typed_extension_protocol_options: _, ...cluster }] = usual.static_resources.clusters as [Cluster];
      return { ...usual, static_resources: { clusters: [cluster] } };
    },
    run: (world) => failsToConnect(world, /^CONNECTION .* does not speak HTTP\/2 .*http2_protocol_options/),
  },
  {
    type: "all",
    name: "an Envoy without TLS at a port with TLS is logged with what to do",
    modes: onlyAds,
    listen: { tls: { load: async () => (await certificates(1))[0]!, reloadMs: Infinity } },
    run: (world) => failsToConnect(world, /^CONNECTION .* speaks plaintext to a port with TLS\..*UpstreamTlsContext/),
  },
  {
    type: "all",
    name: "an Envoy that does not trust the server is logged with what to do",
    modes: onlyAds,
    listen: { tls: { load: async () => (await certificates(1))[0]!, reloadMs: Infinity } },
    bootstrap(usual) {
      const [cluster] = usual.static_resources.clusters as [Cluster];
      const trusted_ca = { filename: "/etc/ssl/certs/ca-certificates.crt" };
      const typed_config = {
        "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
        common_tls_context: { validation_context: { trusted_ca } },
      };
      const transport_socket = { name: "envoy.transport_sockets.tls", typed_config };
      return { ...usual, static_resources: { clusters: [{ ...cluster, transport_socket }] } };
    },
    run: (world) => failsToConnect(world, /^CONNECTION .* does not trust the certificate of this server/),
  },
];

type Cluster = Record<string, unknown>;

/** Waits for a line of the log, which is written once. */
async function logs(world: World, wanted: RegExp): Promise<void> {
  const found = () => world.server.lines.filter((line) => wanted.test(line));
  await world.reach("a line of the log", () => assert.equal(found().length, 1, world.server.lines.join("\n")));
}

async function reaches(world: World, reason: FindingReason, asked: [string, string?]): Promise<void> {
  await world.reach(reason, () => {
    const { text, findings } = world.server.explain("test", ...asked);
    assert.ok(findings.some((each) => each.reason === reason), text);
  });
}

async function failsToConnect(world: World, wanted: RegExp): Promise<void> {
  await world.startEnvoy();
  await logs(world, wanted);
  assert.match(world.server.explain("test").text, /has no stream/);
}
