import { nameOf } from "../resources.ts";
import type { RunOptions, Scenario } from "../scenario.ts";
import { ENDPOINTS, MB, World } from "../world.ts";

/** D-07: one change among 100,000 endpoints. */
export const large: readonly Scenario[] = [
  {
    name: "large",
    what: "one of 1,000 clusters' endpoints changes, 100 each, for 50 clients",
    run: (options) => run(options, { resources: 1000, endpoints: 100 }),
  },
  {
    name: "large-single",
    what: "one cluster with 100,000 endpoints changes, for 50 clients",
    run: (options) => run(options, { resources: 1, endpoints: 100_000 }),
  },
];

const CLIENTS = 50;
const GROUP = "clients";

interface Size {
  readonly resources: number;
  /** Of each resource. */
  readonly endpoints: number;
}

async function run({ programs, figures, long }: RunOptions, { resources, endpoints }: Size): Promise<void> {
  await using world = await World.start(programs);
  const part = { kind: "endpoints", first: 0, size: endpoints } as const;
  const all = await world.publish([{ ...part, count: resources }]);
  figures.add("encoded size of all", all.bytes / MB, "MB");
  const names = Array.from({ length: resources }, (_, i) => nameOf(i));
  const types = [{ typeUrl: ENDPOINTS, names }];
  await world.open({ group: GROUP, streams: CLIENTS, perConnection: 1, delta: true, types });
  figures.add("clients served", (await world.served(GROUP)).reached, "", { exactly: CLIENTS });
  const before = await world.counts(GROUP);
  const idle = await world.stats({ gc: true, reset: true });
  const change = await world.publish([{ ...part, count: 1 }]);
  const { missing, lastUs } = await world.arrival(GROUP, { type: ENDPOINTS, ...change });
  const stats = await world.stats();
  const after = await world.counts(GROUP);
  figures.add("clients without the change", missing, "", { exactly: 0 });
  figures.add("time until the last client has it", lastUs / 1000, "ms");
  figures.add("time to publish it", change.busyMs, "ms");
  figures.lag("", stats);
  figures.add("CPU time between two timers, at most", stats.busy.max, "ms", { atMost: long ? 250 : 1500 });
  figures.add("responses made of it", Math.max(...Object.values(stats.made)), "", { exactly: 1 });
  const perClient = (after.bytes - before.bytes) / CLIENTS;
  // The names and versions around it take some bytes.
  figures.add("bytes sent to a client, of those that changed", perClient / change.bytes, "times", { atMost: 1.1 });
  figures.add("memory of the process, more than before the change", (stats.rssBytes - idle.rssBytes) / MB, "MB");
}
