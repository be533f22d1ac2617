import type { RunOptions, Scenario } from "../scenario.ts";
import { CLUSTERS, MB, pause, World } from "../world.ts";

/** D-01b: each client that reads nothing holds a version of its own. */
export const stalledVersions: Scenario = {
  name: "stalled-versions",
  what: "200 streams stop to read, one after another, each while another version of 5 MB is sent to it",
  run,
};

const READERS = "readers";
const TYPES = [{ typeUrl: CLUSTERS, names: [] }];
const MIB = 1024 * 1024;

async function run({ programs, figures, long }: RunOptions): Promise<void> {
  const { stalled, clusters, maxUnsentBytes } = long
    ? { stalled: 200, clusters: 1000, maxUnsentBytes: 256 * MIB }
    : { stalled: 40, clusters: 300, maxUnsentBytes: 24 * MIB };
  await using world = await World.start(programs, { limits: { maxUnsentBytes, stallTimeoutMs: 3_600_000 } });
  const { bytes } = await world.publish([{ kind: "cluster", first: 0, count: clusters, size: 5000 }]);
  await world.open({ group: READERS, streams: 20, perConnection: 1, delta: true, types: TYPES });
  await world.served(READERS);
  const idle = await world.memory();
  let unsentBytes = 0;
  for (let i = 0; i < stalled; i++) {
    await world.publish([{ kind: "cluster", first: i % clusters, count: 1, size: 5000 }]);
    await world.open({
      group: `stalled-${i}`,
      streams: 1,
      perConnection: 1,
      delta: false,
      types: TYPES,
      startStalled: true,
    });
    // Long enough for the stream to be sent its version, unless the budget is spent.
    await pause(50);
    unsentBytes = Math.max(unsentBytes, (await world.stats()).unsent.bytes);
  }
  const { unsent } = await world.stats();
  const { rssMb, heldMb } = await world.memory();
  const budgetMb = maxUnsentBytes / MB;
  figures.add("responses of all streams, if nothing limited them", stalled * bytes / MB, "MB");
  // A stream takes its response while there is room for a byte.
  figures.add("unread bytes, at most", unsentBytes / MB, "MB", { atMost: budgetMb + 1.1 * bytes / MB });
  figures.add("streams closed because they stalled", unsent.stalledClosed, "", { atLeast: 1 });
  // Responses that come and go leave gaps that the allocator does not return.
  figures.add("memory of the process after a garbage collection", rssMb - idle.rssMb, "MB more", {
    atMost: 1.5 * budgetMb + 64,
  });
  figures.add("heap and external memory after a garbage collection", heldMb - idle.heldMb, "MB more", {
    atMost: budgetMb + 64,
  });
  const last = await world.publish([{ kind: "cluster", first: 0, count: 1, size: 5000 }]);
  const { missing, lastUs } = await world.arrival(READERS, { type: CLUSTERS, ...last });
  figures.add("readers without the last version", missing, "", { exactly: 0 });
  figures.add("the last reader has it after", lastUs / 1000, "ms", { atMost: 10_000 });
}
