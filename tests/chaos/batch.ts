import assert from "node:assert/strict";
import { describe } from "../matrix/run.ts";
import type { Fault } from "./fault.ts";
import type { World } from "./world.ts";

/** How a batch of faults went. */
export interface Outcome {
  readonly faults: readonly Fault[];
  /** How long the last Envoy took to have what was published, from the end of the faults. */
  readonly convergenceMs: number;
  /** Undefined if they were survived. */
  readonly failure: string | undefined;
}

/** Lets faults happen at the same time while good configurations are published and requests are sent. */
export async function runBatch(world: World, faults: readonly Fault[]): Promise<Outcome> {
  const failedBefore = world.failed;
  let convergenceMs = NaN;
  try {
    world.publish();
    await world.hold(200, 600);
    const ends = await Promise.allSettled(faults.map((fault) => fault.run(world)));
    for (const end of ends) if (end.status === "rejected") throw end.reason;
    world.pause();
    convergenceMs = await world.converged();
    await world.collect();
    assert.equal(world.failed - failedBefore, 0, "requests failed");
    assert.deepEqual(world.nacks, [], "Envoy rejected something");
    assert.deepEqual(world.errors, [], "a server had errors");
    return { faults, convergenceMs, failure: undefined };
  } catch (error) {
    return { faults, convergenceMs, failure: `${describe(error)}\n${await evidence(world)}` };
  }
}

/** What helps to understand a failure. */
async function evidence(world: World): Promise<string> {
  const proxies = await Promise.all(world.proxies.map(async (proxy) => {
    const log = await proxy.envoy?.log().catch(() => "") ?? "";
    return [
      `${proxy.client.mode.name}: published ${
        JSON.stringify({ ...proxy.state, clusters: proxy.state.clusters.length })
      }`,
      `differs by: ${await proxy.difference().catch(describe)}`,
      ...proxy.failures.map((failure) => `requests: ${failure}`),
      "the end of Envoy's log:",
      ...log.trimEnd().split("\n").slice(-15),
    ];
  }));
  return proxies.flat().join("\n");
}
