import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectNats } from "@nats-io/transport-node";
import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsServer } from "../../../../examples/cluster/nats-server.ts";
import type { FaultCase } from "../case.ts";
import type { World } from "../world.ts";

/** Servers are killed, stopped, and lose what they had. */
export const SERVER_CASES: readonly FaultCase[] = [
  {
    name: "kill-server",
    what: "kill -9 of the only server, while a writer publishes",
    async run(world) {
      await world.startServers();
      await interrupt(world, async ([server]) => {
        await server!.kill();
        await sleep(500);
        assert.ok(world.replicas.every(({ mark }) => mark > 0), "served from memory meanwhile");
        await server!.start();
      });
    },
  },
  {
    name: "kill-leader",
    what: "kill -9 of the leader of three servers, while a writer publishes",
    async run(world) {
      await world.startServers(3);
      await interrupt(world, async () => {
        const leader = await leaderOf(world);
        await leader.kill();
        const before = world.acknowledged;
        const start = performance.now();
        await world.until(() => world.acknowledged > before + 1, "no publication without the former leader");
        world.log(`the others acknowledge again after ${Math.round(performance.now() - start)} ms`);
        await leader.start();
      });
    },
  },
  {
    name: "stop-server",
    what: "SIGSTOP of the only server, while a writer publishes",
    async run(world) {
      await world.startServers();
      await interrupt(world, async ([server]) => {
        server!.suspend();
        const start = performance.now();
        await world.until(
          () => world.replicas.every(({ cache }) => !cache.status().isConnected),
          "a replica does not notice that the server is stopped",
        );
        world.log(`noticed after ${Math.round(performance.now() - start)} ms, of heartbeats each 500 ms`);
        server!.resume();
      });
    },
  },
  {
    name: "stop-leader",
    what: "SIGSTOP of the leader of three servers, while a writer publishes",
    async run(world) {
      await world.startServers(3);
      await interrupt(world, async () => {
        const leader = await leaderOf(world);
        leader.suspend();
        const before = world.acknowledged;
        const start = performance.now();
        await world.until(() => world.acknowledged > before + 1, "no publication without the former leader");
        world.log(`the others acknowledge again after ${Math.round(performance.now() - start)} ms`);
        leader.resume();
      });
    },
  },
];

async function interrupt(world: World, fault: (servers: readonly NatsServer[]) => Promise<void>): Promise<void> {
  const store = await world.connect();
  await world.publish(store);
  for (let i = 0; i < 3; i++) await world.startReplica({ store: await world.connect() });
  await world.reaches(world.acknowledged);
  await world.publishWhile(store, async () => {
    await sleep(300);
    await fault(world.servers);
    await sleep(300);
  });
  world.log(
    `${world.acknowledged} publications; the replicas are equal ${await world.reaches(world.acknowledged)} ms later`,
  );
  await world.until(
    () => world.replicas.every(({ cache }) => cache.status().isConnected),
    "a replica is not connected again",
  );
  await world.check(store);
}

async function leaderOf(world: World): Promise<NatsServer> {
  const connection = await connectNats({ servers: world.servers.map(({ url }) => url) });
  try {
    const { cluster } = await (await jetstreamManager(connection)).streams.info("KV_xds");
    return world.servers.find(({ name }) => name === cluster!.leader)!;
  } finally {
    await connection.close();
  }
}
