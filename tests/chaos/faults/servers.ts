import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import type { Fault } from "../fault.ts";
import type { Replica } from "../replica.ts";
import type { World } from "../world.ts";

/** Within how many milliseconds a replica that drains within half a second must have ended. */
const DRAIN_MS = 5_000;

const A_DAY_MS = 86_400_000;

/** Faults of the replicas. */
export const SERVER_FAULTS: readonly Fault[] = [
  {
    name: "servers stopped",
    part: "servers",
    run: (world) => stopped(world, world.replicas, { minMs: 1_000, maxMs: 5_000 }),
  },
  {
    // Longer than Envoy waits for a ping, so that it moves to the other one and may come back.
    name: "one server stopped",
    part: "servers",
    run: (world) => stopped(world, [world.random.pick(world.replicas)], { minMs: 3_500, maxMs: 5_000 }),
  },
  {
    name: "servers killed, same content",
    part: "servers",
    async run(world) {
      world.pause();
      await killed(world, world.replicas);
    },
  },
  {
    // Those that count versions start from 1 again, with other content.
    name: "servers killed, other content",
    part: "servers",
    run: (world) => killed(world, world.replicas),
  },
  {
    name: "one server killed",
    part: "servers",
    run: (world) => killed(world, [world.random.pick(world.replicas)]),
  },
  {
    name: "servers start without content",
    part: "servers",
    async run(world) {
      await Promise.all(world.replicas.map((replica) => replica.kill()));
      world.pause();
      await Promise.all(world.replicas.map((replica) => replica.start({ isEmpty: true })));
      await world.hold(1_000, 2_000);
      for (const replica of world.replicas) replica.publishAll();
    },
  },
  {
    name: "servers drained, one after the other",
    part: "servers",
    async run({ replicas }) {
      for (const replica of replicas) {
        const started = performance.now();
        assert.equal(await replica.drain(), 0, "a replica that drains ends with 0");
        const tookMs = performance.now() - started;
        assert.ok(tookMs < DRAIN_MS, `it took ${Math.round(tookMs)} ms to drain`);
        await replica.start();
      }
    },
  },
  {
    name: "clock jumps by a day",
    part: "servers",
    async run({ replicas, random }) {
      const byMs = random.pick([-A_DAY_MS, A_DAY_MS]);
      for (const jump of [byMs, -byMs]) {
        await Promise.all(replicas.map((replica) => replica.send({ do: "clock", byMs: jump })));
        await delay(500);
      }
    },
  },
];

async function stopped(
  world: World,
  replicas: readonly Replica[],
  { minMs, maxMs }: { readonly minMs: number; readonly maxMs: number },
): Promise<void> {
  await world.carefully(async () => {
    for (const replica of replicas) replica.signal("SIGSTOP");
    await world.hold(minMs, maxMs);
    for (const replica of replicas) replica.signal("SIGCONT");
  });
}

async function killed(world: World, replicas: readonly Replica[]): Promise<void> {
  await Promise.all(replicas.map((replica) => replica.kill()));
  await world.hold(200, 2_500);
  await Promise.all(replicas.map((replica) => replica.start()));
}
