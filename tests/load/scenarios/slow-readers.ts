import type { Arrival } from "../protocol.ts";
import { nameOf } from "../resources.ts";
import type { RunOptions, Scenario } from "../scenario.ts";
import { quantile } from "../slope.ts";
import { CLUSTERS, MB, pause, World } from "../world.ts";

/** D-01: clients that never read, while others do. */
export const slowReaders: Scenario = {
  name: "slow-readers",
  what: "200 of 1,000 streams read nothing of 5 MB, while 1,000 updates are published",
  run,
};

const READERS = "readers";
const STALLED = ["stalled-sotw", "stalled-delta"] as const;
/** Resources that the readers have, and that are changed. What they received in the beginning must not hide a growth. */
const READ = 10;

async function run({ programs, figures, long }: RunOptions): Promise<void> {
  const { readers, stalled, clusters, updates } = long
    ? { readers: 800, stalled: 200, clusters: 1000, updates: 1000 }
    : { readers: 200, stalled: 50, clusters: 300, updates: 100 };
  await using world = await World.start(programs, { limits: { stallTimeoutMs: 3_600_000 } });
  const { bytes } = await world.publish([{ kind: "cluster", first: 0, count: clusters, size: 5000 }]);
  figures.add("published", bytes / MB, "MB");
  const types = [{ typeUrl: CLUSTERS, names: namesUpTo(READ) }];
  await world.open({ group: READERS, streams: readers, perConnection: 1, delta: true, types });
  figures.add("readers served", (await world.served(READERS)).reached, "", { exactly: readers });
  await update(Math.ceil(updates / 10)); // until everything is compiled
  const before = await update(Math.ceil(updates / 5));
  const idle = await world.memory();

  const perGroup = stalled / STALLED.length;
  for (const group of STALLED) {
    const delta = group === "stalled-delta";
    // Those of SotW by name, so that both ways to share a response are in use.
    const types = [{ typeUrl: CLUSTERS, names: delta ? [] : namesUpTo(clusters) }];
    await world.open({ group, streams: perGroup, perConnection: 1, delta, types, startStalled: true });
  }
  await world.streams(readers + stalled);
  const quiet = performance.now() + 10_000;
  while ((await world.stats()).unsent.streams < stalled && performance.now() < quiet) await pause(50);
  const { unsent } = await world.stats();
  figures.add("streams with unread bytes", unsent.streams, "", { exactly: stalled });
  // One response for all streams of a variant, in flight and shared.
  figures.add("unread bytes, shared ones once", unsent.bytes / MB, "MB", { atMost: 2.1 * bytes / MB });
  await growth("when they have stalled");

  const during = await update(updates);
  const after = (await world.stats()).unsent;
  figures.add("unread bytes after the updates", after.bytes / MB, "MB", { atMost: 2.1 * bytes / MB });
  figures.add("streams closed because they stalled", after.stalledClosed, "", { exactly: 0 });
  await growth("after the updates");
  figures.add("latency of readers, p99, before", before.p99Us / 1000, "ms");
  figures.add("the same while others stall", during.p99Us / 1000, "ms");
  // A few updates on a busy machine say little.
  figures.add("the latter divided by the former", during.p99Us / before.p99Us, "", long ? { atMost: 1.5 } : {});
  figures.add("CPU time of an update, before", before.cpuUs / 1000, "ms");
  figures.add("the same while others stall", during.cpuUs / 1000, "ms");
  figures.add("the latter divided by the former", during.cpuUs / before.cpuUs, "", { atMost: 1.5 });

  const last = await world.publish([{ kind: "cluster", first: 0, count: 1, size: 5000 }]);
  for (const group of STALLED) {
    await world.mark(group);
    await world.stall(group, false);
    const { missing, lastUs } = await world.arrival(group, { type: CLUSTERS, ...last });
    figures.add(`${group}: streams without the last version after resuming`, missing, "", { exactly: 0 });
    figures.add(`${group}: the last stream has it after`, lastUs / 1e6, "s");
    await pause(500); // a response too many would arrive by then
    const { maxSinceMark, backwards } = await world.counts(group);
    figures.add(`${group}: responses of a stream after resuming, at most`, maxSinceMark, "", { atMost: 2 });
    figures.add(`${group}: responses with an older version`, backwards, "", { exactly: 0 });
  }
  const end = performance.now() + 10_000;
  while ((await world.stats()).unsent.streams > 0 && performance.now() < end) await pause(50);
  const rest = (await world.stats()).unsent;
  figures.add("streams with unread bytes in the end", rest.streams, "", { exactly: 0 });
  figures.add("unread bytes in the end", rest.bytes, "", { exactly: 0 });
  for (const group of [READERS, ...STALLED]) await world.close(group);
  figures.add("streams, watches and connections left afterwards", await world.rest(), "", { exactly: 0 });

  /** Publishes changes of one cluster, each once all readers have the one before. @returns what a usual one takes */
  async function update(count: number): Promise<{ readonly p99Us: number; readonly cpuUs: number }> {
    const began = await world.stats();
    const arrivals: Arrival[] = [];
    for (let i = 0; i < count; i++) {
      const published = await world.publish([{ kind: "cluster", first: i % READ, count: 1, size: 5000 }]);
      const arrival = await world.arrival(READERS, { type: CLUSTERS, ...published });
      if (arrival.missing > 0) throw new Error(`${arrival.missing} readers have not received ${published.version}`);
      arrivals.push(arrival);
    }
    const { cpuUs } = await world.stats();
    return { p99Us: quantile(arrivals.map(({ p99Us }) => p99Us), 0.5), cpuUs: (cpuUs - began.cpuUs) / count };
  }

  async function growth(when: string): Promise<void> {
    const { rssBytes } = await world.stats();
    const { rssMb, heldMb } = await world.memory();
    figures.add(`memory of the process, ${when}`, rssBytes / MB - idle.rssMb, "MB more");
    figures.add(`the same after a garbage collection`, rssMb - idle.rssMb, "MB more", { atMost: 64 });
    figures.add(`heap and external memory after a garbage collection`, heldMb - idle.heldMb, "MB more", { atMost: 64 });
  }
}

function namesUpTo(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => nameOf(i));
}
