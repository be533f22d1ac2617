import type { Stats } from "../protocol.ts";
import { nameOf } from "../resources.ts";
import type { RunOptions, Scenario } from "../scenario.ts";
import { slopeOf } from "../slope.ts";
import { CLUSTERS, ENDPOINTS, MB, pause, ROUTES, World } from "../world.ts";

/** H4: everything at once, for long, with little memory. */
export const soak: Scenario = {
  name: "soak",
  what: "1,000 streams, 5 updates/s, 1 % reconnect each second, 2 % stalled, 1 % reject, with a heap of 512 MB",
  run,
};

const HEAP_MB = 512;
const UPDATES_PER_SECOND = 5;
const RESOURCES = 50;
const names = Array.from({ length: RESOURCES }, (_, i) => nameOf(i));
const types = [{ typeUrl: CLUSTERS, names: [] }, { typeUrl: ENDPOINTS, names }];
/** One that is larger than windows and slices. */
const LARGE = { kind: "route", first: 0, count: 1, size: 1_000_000 } as const;

const SOTW = { group: "sotw", streams: 480, perConnection: 1, delta: false, types };
const DELTA = { group: "delta", streams: 490, perConnection: 1, delta: true, types };
const NACKING = { group: "nacking", streams: 10, perConnection: 1, delta: false, types, nack: true };
const SLOW_TYPES = [{ typeUrl: ROUTES, names: [nameOf(0)] }];
const SLOW = { group: "slow", streams: 20, perConnection: 1, delta: false, types: SLOW_TYPES, startStalled: true };
const GROUPS = [SOTW, DELTA, NACKING, SLOW];
const STREAMS = GROUPS.reduce((sum, { streams }) => sum + streams, 0);

interface Sample extends Stats {
  readonly hours: number;
}

async function run({ programs, figures, long, minutes }: RunOptions): Promise<void> {
  const seconds = minutes === undefined ? long ? 3600 : 20 : minutes * 60;
  const checks = Math.max(4, Math.min(60, Math.round(seconds / 15)));
  const perCheck = seconds / checks;
  // Shorter than a period, so that those that stall are closed in each.
  const limits = { stallTimeoutMs: Math.round(perCheck * 1000 / 2) };
  await using world = await World.start(programs, { limits, heapMb: HEAP_MB });
  await world.publish([
    { kind: "cluster", first: 0, count: RESOURCES, size: 0 },
    { kind: "endpoints", first: 0, count: RESOURCES, size: 4 },
    LARGE,
  ]);
  for (const group of GROUPS) await world.open(group);
  const samples: Sample[] = [];
  const began = performance.now();
  let peakMb = 0;
  for (let i = 0; i < checks; i++) {
    await load(perCheck * 1000);
    const { rssBytes } = await world.stats();
    peakMb = Math.max(peakMb, rssBytes / MB);
    await settle();
    const hours = (performance.now() - began) / 3_600_000;
    samples.push({ ...await world.stats({ gc: true, reset: true }), hours });
  }
  await report(world, { figures, long }, samples);
  figures.add("memory of the process, at most", peakMb, "MB", { atMost: 700 });
  const { rejected, slopeLimit } = { rejected: await world.counts(NACKING.group), slopeLimit: long ? 1 : undefined };
  figures.add("responses rejected", rejected.nacks, "", { atLeast: NACKING.streams });
  figures.add("responses that were not rejected", rejected.messages - rejected.nacks, "", { exactly: 0 });
  const steady = samples.slice(Math.floor(samples.length / 4));
  const heap = slopeOf(steady.map(({ hours, heapBytes }) => ({ x: hours, y: heapBytes / MB })));
  const rss = slopeOf(steady.map(({ hours, rssBytes }) => ({ x: hours, y: rssBytes / MB })));
  figures.add("slope of the heap after a garbage collection", heap, "MB/h", slopeLimit ? { atMost: slopeLimit } : {});
  figures.add("slope of the memory of the process", rss, "MB/h");
  for (const { group } of GROUPS) await world.close(group);
  figures.add("streams, watches and connections left afterwards", await world.rest(), "", { exactly: 0 });

  async function load(ms: number): Promise<void> {
    const end = performance.now() + ms;
    for (const { group } of [SOTW, DELTA]) await world.churn(group, STREAMS / 100 / 2);
    await world.stall(SLOW.group, true);
    for (let update = 0; performance.now() < end; update++) {
      const kind = update % 2 === 0 ? "cluster" : "endpoints";
      const part = { kind, first: update % RESOURCES, count: 1, size: kind === "cluster" ? 0 : 4 } as const;
      await world.publish(update % 10 === 0 ? [part, LARGE] : [part]);
      await pause(1000 / UPDATES_PER_SECOND);
    }
  }

  /** Lets all clients read and stay connected, until they have everything. */
  async function settle(): Promise<void> {
    for (const { group } of [SOTW, DELTA]) await world.churn(group, 0);
    await world.stall(SLOW.group, false);
    for (const { group, streams } of GROUPS) {
      const { reached } = await world.served(group);
      if (reached !== streams) throw new Error(`${streams - reached} streams of ${group} were not served`);
    }
    const last = await world.publish([
      { kind: "cluster", first: 0, count: 1, size: 0 },
      { kind: "endpoints", first: 0, count: 1, size: 4 },
      LARGE,
    ]);
    for (const { group, types } of GROUPS) {
      for (const { typeUrl } of types) {
        const { missing } = await world.arrival(group, { type: typeUrl, ...last });
        if (missing > 0) throw new Error(`${missing} streams of ${group} have not received ${last.version}`);
      }
    }
    await world.streams(STREAMS);
    await pause(200); // the last ACKs
  }
}

/** What the server says of itself, beside what is true. */
async function report(
  world: World,
  { figures, long }: Pick<RunOptions, "figures" | "long">,
  samples: readonly Sample[],
): Promise<void> {
  const worst = (value: (sample: Sample) => number, expected: number) => {
    return samples.map(value).reduce((a, b) => Math.abs(b - expected) > Math.abs(a - expected) ? b : a);
  };
  const watches = GROUPS.reduce((sum, { streams, types }) => sum + streams * types.length, 0);
  figures.add("times that the gauges were compared with the truth", samples.length);
  figures.add("streams", worst(({ streams }) => streams, STREAMS), "", { exactly: STREAMS });
  figures.add("connections", worst(({ connections }) => connections, STREAMS), "", { exactly: STREAMS });
  figures.add("watches", worst((sample) => sample.watches, watches), "", { exactly: watches });
  figures.add("streams with a NACK", worst(({ nacked }) => nacked, NACKING.streams), "", { exactly: NACKING.streams });
  figures.add("unread bytes", worst(({ unsent }) => unsent.bytes, 0), "", { exactly: 0 });
  // In a short run on a busy machine the event loop may be late each time, and clients get their time once more.
  figures.add(
    "streams closed because they stalled",
    samples.at(-1)!.unsent.stalledClosed,
    "",
    long ? { atLeast: 1 } : {},
  );
  for (const { group, streams } of GROUPS) {
    const { opened, messages, backwards, ended } = await world.counts(group);
    figures.add(`${group}: reconnects`, opened - streams);
    figures.add(`${group}: responses`, messages);
    figures.add(`${group}: responses with an older version`, backwards, "", { exactly: 0 });
    if (group === SLOW.group) continue; // these are closed when they have stalled
    const lost = Object.values(ended).reduce((sum, count) => sum + count, 0);
    figures.add(`${group}: streams that ended by themselves`, lost, "", { exactly: 0 });
  }
  const files = samples.map(({ fileDescriptors }) => fileDescriptors).filter((count) => count !== undefined);
  if (files.length > 0) {
    figures.add("file descriptors, most less fewest", Math.max(...files) - Math.min(...files), "", { atMost: 5 });
  }
  figures.add("lag of the event loop, p99, at most", Math.max(...samples.map(({ late }) => late.p99)), "ms");
}
