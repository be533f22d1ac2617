import assert from "node:assert/strict";
import { waitFor } from "../../../examples/demo/wait-for.ts";
import type { Fault } from "../fault.ts";
import type { Proxy } from "../proxy.ts";
import type { Rejected, State } from "../state.ts";
import type { World } from "../world.ts";

const REJECTED: readonly Rejected[] = ["cluster", "endpoints", "listener", "routes", "secret"];

/** Configurations that Envoy rejects, and their repair. */
export const CONFIGURATION_FAULTS: readonly Fault[] = REJECTED.map((rejected) => ({
  name: `configuration with bad ${rejected}`,
  part: "configuration",
  async run(world) {
    world.pause();
    await world.converged();
    const proxy = world.random.pick(world.proxies);
    const good = proxy.state;
    const rejections = await rejectionsOf(world, proxy);
    world.writerOf(proxy).publish({ ...good, rejected });
    await waitFor("a rejection", async () => {
      assert.notEqual(await rejectionsOf(world, proxy), rejections);
    });
    await world.hold(200, 1_000);
    // A bad resource that the reason does not name is searched for, so that there may be several.
    await world.collect();
    world.nacks.splice(0);
    // What it has instead is the last good configuration.
    assert.equal(await proxy.difference(), undefined);
    world.writerOf(proxy).publish(repair(good, proxy));
  },
}));

/**
 * An Envoy keeps a rejected secret for listeners to come. It does not report that in a poll, so that the former secret, of
 * which it still has the version, would not be sent: the repair is another one.
 */
function repair(good: State, { client: { mode, certificates } }: Proxy): State {
  return mode.pollMs === undefined ? good : { ...good, certificate: (good.certificate + 1) % certificates.length };
}

/** A poll has no way to report a rejection to the server: Envoy's log has it. */
async function rejectionsOf(world: World, { client, envoy }: Proxy): Promise<number> {
  if (client.mode.pollMs !== undefined) return (await envoy!.log()).split(/REST config for \S+ rejected/).length;
  await world.collect();
  return world.nacks.length;
}
