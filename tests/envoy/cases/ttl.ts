import assert from "node:assert/strict";
import type { Resource } from "../../../mod.ts";
import { CLUSTER_TYPE, RUNTIME_TYPE } from "../../../src/v3/mod.ts";
import { type Case, onlyStreams } from "../case.ts";
import { adminJson } from "../look.ts";
import { edsCluster, endpointAt, httpListener, routesOf, toCluster } from "../make.ts";
import { bootstrapSourceOf } from "../modes.ts";
import { type Relay, startRelay } from "../relay.ts";
import type { World } from "../world.ts";
import { layer } from "./runtime.ts";

const KEY = "interop.ttl";
const TTL_MS = 1_000;

/** Resources that a client forgets unless the server sends heartbeats for them; polls are not sent a ttl. */
export const TTL: readonly Case[] = [
  {
    type: "RTDS",
    modes: onlyStreams,
    name: "a ttl: kept alive, expires when the server stands still, and comes back",
    bootstrap: (usual, mode) => ({
      ...usual,
      layered_runtime: {
        layers: [{ name: "layer", rtds_layer: { name: "layer", rtds_config: bootstrapSourceOf(mode) } }],
      },
    }),
    async run(world) {
      world.publish([layer("layer", { [KEY]: 1 }, TTL_MS)]);
      const value = async () => (await adminJson<RuntimePage>(world.envoy, "/runtime")).entries[KEY]?.final_value;
      await using relay = await startRelay(world.server.port);
      await world.startEnvoy({ xdsPort: relay.port });
      await livesAndExpires(world, relay, RUNTIME_TYPE, async () => await value() === "1");
      // The same name with another content, which has no ttl.
      world.change({ update: [layer("layer", { [KEY]: 2 })] });
      await world.reach("the layer without a ttl", async () => assert.equal(await value(), "2"));
    },
  },
  {
    type: "CDS",
    modes: onlyStreams,
    name: "a ttl: kept alive and expires, and the clusters beside it stay",
    async run(world) {
      const { mode, upstreams } = world;
      const clusters = ["stays", "expires"].flatMap((name): Resource[] => [
        edsCluster(mode, name, {}, name === "expires" ? { ttlMs: TTL_MS } : {}),
        endpointAt(name, upstreams.a.port),
      ]);
      const routes = routesOf("http", "1", [toCluster("expires", "/expires"), toCluster("stays")]);
      world.publish([...clusters, httpListener(mode, "http"), routes]);
      const isThere = async () => (await world.get("http", "/expires")).status === 200;
      await using relay = await startRelay(world.server.port);
      await world.startEnvoy({ xdsPort: relay.port });
      await world.reach("the listener", async () => assert.ok(await isThere()));
      world.load({ urls: [await world.url("http")] });
      await livesAndExpires(world, relay, CLUSTER_TYPE, isThere);
    },
  },
];

/** Shows that something with a ttl lives on for as long as the server says so, and no longer. */
async function livesAndExpires(
  world: World,
  relay: Relay,
  type: string,
  isThere: () => Promise<boolean>,
): Promise<void> {
  const { journal } = world.server;
  await world.reach("what has a ttl", async () => assert.ok(await isThere()));
  // Long enough to expire twice.
  const sentCount = () => [...journal.sent, ...journal.heartbeats].filter(({ typeUrl }) => typeUrl === type).length;
  const enough = sentCount() + 7;
  let gone = false;
  await world.reach("heartbeats", async () => {
    gone ||= !await isThere();
    assert.ok(sentCount() >= enough, `sent ${sentCount()} times`);
  });
  assert.ok(!gone, "it expired despite its heartbeats");

  relay.freeze();
  await world.reach("its expiry", async () => assert.ok(!await isThere()));
  relay.thaw();
  await world.reach("its return", async () => assert.ok(await isThere()));
  if (world.mode.variant === "delta") {
    // It was sent a heartbeat of a resource that it did not have any more.
    const [nack] = journal.nacks.splice(0);
    assert.match(nack!.message, /embedded in an individual Any does not match the message-wide type URL/);
  }
}

interface RuntimePage {
  readonly entries: Readonly<Record<string, { readonly final_value: string }>>;
}
