import type { RunOptions, Scenario } from "../scenario.ts";
import { type Point, slopeOf } from "../slope.ts";
import { CLUSTERS, MB, pause, World } from "../world.ts";

/** D-06: clients that disconnect and reconnect all the time. */
export const flapping: Scenario = {
  name: "flapping",
  what: "100 clients reconnect every 100 ms, each time by a new connection",
  run,
};

const CLIENTS = 100;
const PER_SECOND = 1000;
const GROUP = "flapping";

async function run({ programs, figures, long, minutes }: RunOptions): Promise<void> {
  const samples = long ? 20 : 8;
  const seconds = minutes === undefined ? long ? 120 : 8 : minutes * 60;
  await using world = await World.start(programs);
  await world.publish([{ kind: "cluster", first: 0, count: 100, size: 0 }]);
  const types = [{ typeUrl: CLUSTERS, names: [] }];
  await world.open({ group: GROUP, streams: CLIENTS, perConnection: 1, delta: false, types });
  await world.served(GROUP);
  const descriptors = (await world.stats()).fileDescriptors;
  await world.churn(GROUP, PER_SECOND);
  const points: Point[] = [];
  for (let i = 1; i <= samples; i++) {
    await pause(seconds * 1000 / samples);
    const { heapBytes } = await world.stats({ gc: true, reset: true }); // what is measured takes memory too
    if (i > samples / 4) points.push({ x: i * seconds / samples / 60, y: heapBytes / MB });
  }
  await world.churn(GROUP, 0);
  figures.add("clients served in the end", (await world.served(GROUP)).reached, "", { exactly: CLIENTS });
  figures.add("streams that the server counts", await world.streams(CLIENTS), "", { exactly: CLIENTS });
  const { opened, ended, backwards } = await world.counts(GROUP);
  figures.add("streams opened", opened, "", { atLeast: seconds * PER_SECOND / 10 });
  figures.add("streams that ended by themselves", Object.values(ended).reduce((a, b) => a + b, 0), "", { exactly: 0 });
  figures.add("responses with an older version", backwards, "", { exactly: 0 });
  figures.add("slope of the heap after a warm-up", slopeOf(points), "MB/min", { atMost: long ? 0.5 : 60 });
  const stats = await world.stats({ gc: true });
  figures.add("memory of the process", stats.rssBytes / MB, "MB");
  if (stats.fileDescriptors !== undefined && descriptors !== undefined) {
    figures.add("file descriptors more than before", stats.fileDescriptors - descriptors, "", { atMost: 5 });
  }
  await world.close(GROUP);
  figures.add("streams, watches and connections left afterwards", await world.rest(), "", { exactly: 0 });
}
