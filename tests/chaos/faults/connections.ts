import { setTimeout as delay } from "node:timers/promises";
import type { Relay } from "../../envoy/relay.ts";
import type { Fault } from "../fault.ts";
import type { World } from "../world.ts";

/** Faults of the connections between one Envoy and the replicas. */
export const CONNECTION_FAULTS: readonly Fault[] = [
  fault("connections delayed", async (world, relays) => {
    const ms = world.random.between(20, 400);
    for (const relay of relays) relay.delay(ms);
    await world.hold(1_000, 3_000);
    for (const relay of relays) relay.delay(0);
  }),
  fault("connections closed, then refused", async (world, relays) => {
    for (const relay of relays) {
      relay.refuse(true);
      relay.cut("close");
    }
    await world.hold(500, 2_500);
    for (const relay of relays) relay.refuse(false);
  }),
  fault("connections reset", async (world, relays) => {
    for (let i = world.random.between(1, 5); i > 0; i--) {
      for (const relay of relays) relay.cut("reset");
      await delay(world.random.between(20, 400));
    }
  }),
  fault("connections stand still", async (world, relays) => {
    for (const relay of relays) relay.freeze();
    await world.hold(200, 1_500);
    for (const relay of relays) relay.thaw();
  }),
  // Both ends have to find out by their pings. New connections work.
  fault("connections half-open", async (world, relays) => {
    for (const relay of relays) relay.freeze();
    await world.hold(3_500, 5_000);
    for (const relay of relays) relay.thaw();
  }),
];

function fault(name: string, run: (world: World, relays: readonly Relay[]) => Promise<void>): Fault {
  return { name, part: "connections", run: (world) => run(world, world.random.pick(world.proxies).relays) };
}
