import { nameOf } from "../resources.ts";
import type { RunOptions, Scenario } from "../scenario.ts";
import { CLUSTERS, ENDPOINTS, MB, World } from "../world.ts";

/** D-05: a fleet connects at once, loses its connections, and reconnects at once. */
export const storms: readonly Scenario[] = [
  {
    name: "storm",
    what: "10,000 streams reconnect at once, 100 on a connection",
    run: (options) => storm(options, { streams: options.long ? 10_000 : 3000, perConnection: 100 }),
  },
  {
    name: "storm-connections",
    what: "5,000 streams reconnect at once, each on a connection of its own",
    run: (options) => storm(options, { streams: options.long ? 5000 : 1000, perConnection: 1 }),
  },
];

const RESOURCES = 100;
const GROUP = "fleet";

interface Fleet {
  readonly streams: number;
  readonly perConnection: number;
}

async function storm({ programs, figures, long }: RunOptions, { streams, perConnection }: Fleet): Promise<void> {
  // All clients have the same address here.
  await using world = await World.start(programs, { limits: { maxConnectionsPerAddress: streams } });
  await world.publish([
    { kind: "cluster", first: 0, count: RESOURCES, size: 0 },
    { kind: "endpoints", first: 0, count: RESOURCES, size: 4 },
  ]);
  const names = Array.from({ length: RESOURCES }, (_, i) => nameOf(i));
  const types = [{ typeUrl: CLUSTERS, names: [] }, { typeUrl: ENDPOINTS, names }];
  const idle = await world.stats({ gc: true, reset: true });
  await world.open({ group: GROUP, streams, perConnection, delta: false, types });
  await report("connect");
  await world.reconnect(GROUP);
  await report("reconnect");
  const { rssMb, heldMb } = await world.memory();
  figures.add("memory of the process after a garbage collection, more than idle", rssMb - idle.rssBytes / MB, "MB");
  const idleMb = (idle.heapBytes + idle.externalBytes) / MB;
  figures.add("heap and external memory of a stream", (heldMb - idleMb) * 1000 / streams, "kB");
  await world.close(GROUP);
  figures.add("streams, watches and connections left afterwards", await world.rest(), "", { exactly: 0 });

  async function report(what: string): Promise<void> {
    const { reached, p50Us, p99Us, lastUs } = await world.served(GROUP);
    const stats = await world.stats({ reset: true });
    const { rssBytes, cpuUs, made, streams: counted } = stats;
    figures.add(`${what}: streams served`, reached, "", { exactly: streams });
    figures.add(`${what}: streams that the server counts`, counted, "", { exactly: streams });
    figures.add(`${what}: half of them are served after`, p50Us / 1e6, "s");
    figures.add(`${what}: 99 % of them are served after`, p99Us / 1e6, "s");
    figures.add(`${what}: the last one is served after`, lastUs / 1e6, "s", { atMost: 60 });
    figures.lag(`${what}: `, stats, { atMost: long ? 100 : 500 });
    figures.add(`${what}: CPU time of the server, since its start`, cpuUs / 1e6, "s");
    figures.add(`${what}: memory of the process, more than idle`, (rssBytes - idle.rssBytes) / MB, "MB", {
      atMost: 1500,
    });
    figures.add(`${what}: responses made of a version and type, at most`, Math.max(0, ...Object.values(made)), "", {
      atMost: 10, // one, and one more where it was collected before the next stream opened
    });
  }
}
