// The server of the load tests, in a process of its own, driven by commands.
import { readdirSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { versionOf } from "../../bench/protocol.ts";
import { collectGarbage, cpuUs } from "../../bench/servers/process-state.ts";
import { createDiscoveryServer, type DiscoveryServer, type Resource, Snapshot, SnapshotCache } from "../../mod.ts";
import { listen } from "../../src/node/mod.ts";
import { ResponseFactory } from "../../src/stream/mod.ts";
import type { Burst, Limits, Part, Published, ServerCommand, Started, Stats } from "./protocol.ts";
import { Lag, LAG_INTERVAL_MS } from "./lag.ts";
import { resourcesOf } from "./resources.ts";

const KEY = "all";
/** Publications of a burst between two turns of the event loop. */
const MAX_AT_ONCE = 1000;
const MAX_COLLECTIONS = 10;
const SETTLED_BYTES = 1_000_000;

const cache = new SnapshotCache({ nodeHash: () => KEY });
const lag = new Lag();
const made = countResponses();
let server: DiscoveryServer;
let lastVersion = 0;

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await run(JSON.parse(line) as ServerCommand)));
}
process.exit(0);

function run(command: ServerCommand): Promise<Started | Published | Burst | Stats> {
  switch (command.do) {
    case "start":
      return start(command.limits, command.port);
    case "publish":
      return publishMade(command.version, command.update);
    case "burst":
      return burst(command.part, command.perSecond, command.seconds);
    case "stats":
      return stats(command.gc, command.reset);
  }
}

async function start({ maxConnectionsPerAddress, ...limits }: Limits, port: number): Promise<Started> {
  // Clients that reject are a part of the tests, and would fill the console.
  server = createDiscoveryServer({ cache, log: false, ...limits });
  const running = await listen(server, {
    port,
    ...maxConnectionsPerAddress !== undefined && { maxConnectionsPerAddress },
  });
  return { port: running.port };
}

/** The resources are made in a turn of their own, since that is not what is measured. */
async function publishMade(version: string, parts: readonly Part[]): Promise<Published> {
  const resources = parts.flatMap(resourcesOf);
  await new Promise((resolve) => setTimeout(resolve, 2 * LAG_INTERVAL_MS));
  return publish(version, resources);
}

function publish(version: string, resources: readonly Resource[]): Published {
  const began = performance.now();
  const before = cache.getSnapshot(KEY);
  cache.setSnapshot(KEY, before?.with({ version, update: resources }) ?? new Snapshot({ version, resources }));
  const busyMs = performance.now() - began;
  const bytes = resources.reduce((sum, resource) => sum + resource.bytes.length, 0);
  return { atUs: (performance.timeOrigin + began) * 1000, busyMs, bytes };
}

/** Publishes what is due each millisecond, and lets the event loop run in between. */
async function burst(part: Part, perSecond: number, seconds: number): Promise<Burst> {
  const began = performance.now();
  let busyMs = 0;
  let publications = 0;
  while (performance.now() - began < seconds * 1000) {
    // No more at once: where publishing takes too long, clients have to be served as well.
    const due = Math.min((performance.now() - began) / 1000 * perSecond, publications + MAX_AT_ONCE);
    for (; publications < due; publications++) {
      busyMs += publish(versionOf(++lastVersion), resourcesOf({ ...part, revision: lastVersion })).busyMs;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const atUs = (performance.timeOrigin + performance.now()) * 1000;
  return { publications, busyMs, version: versionOf(lastVersion), atUs };
}

async function stats(gc: boolean, reset: boolean): Promise<Stats> {
  const { late, busy } = lag;
  if (gc) await settleMemory();
  const { rss, heapUsed, external } = process.memoryUsage();
  const { streams, unsent, connections } = server.status();
  const result: Stats = {
    rssBytes: rss,
    heapBytes: heapUsed,
    externalBytes: external,
    cpuUs: cpuUs(),
    fileDescriptors: fileDescriptors(),
    late,
    busy,
    streams: streams.length,
    nacked: streams.filter(({ state }) => state.some(({ nacked }) => nacked !== undefined)).length,
    watches: cache.status().flatMap(({ types }) => types).reduce((sum, { watches }) => sum + watches, 0),
    connections: connections.open,
    unsent,
    made: Object.fromEntries(made),
  };
  if (reset) {
    lag.reset();
    made.clear();
  }
  return result;
}

/** Collects garbage until no more memory is returned to the system, which threads of the runtime do in their own time. */
async function settleMemory(): Promise<void> {
  let before = Infinity;
  for (let i = 0; i < MAX_COLLECTIONS; i++) {
    await collectGarbage();
    const rss = process.memoryUsage.rss();
    if (rss > before - SETTLED_BYTES) return;
    before = rss;
  }
}

function fileDescriptors(): number | undefined {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return undefined;
  }
}

/** Counts the responses that are made, from here on: those that are shared are made once. */
function countResponses(): Map<string, number> {
  const counts = new Map<string, number>();
  const { make } = ResponseFactory.prototype;
  ResponseFactory.prototype.make = function (variant, content, form) {
    const key = `${variant} ${content.typeUrl.split(".").at(-1)} ${content.version}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    return make.call(this, variant, content, form);
  };
  return counts;
}
