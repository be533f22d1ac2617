import type { Fault } from "../fault.ts";

/** Faults of Envoys themselves. */
export const ENVOY_FAULTS: readonly Fault[] = [
  {
    name: "Envoy killed",
    part: "envoy",
    async run({ proxies, random }) {
      const proxy = random.pick(proxies);
      await proxy.kill();
      await proxy.start();
    },
  },
  {
    name: "Envoy stopped",
    part: "envoy",
    async run(world) {
      const proxy = world.random.pick(world.proxies);
      proxy.signal("SIGSTOP");
      await world.hold(500, 3_000);
      proxy.signal("SIGCONT");
    },
  },
];
