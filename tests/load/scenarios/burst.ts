import type { RunOptions, Scenario } from "../scenario.ts";
import { CLUSTERS, World } from "../world.ts";

/** D-04: publications that are faster than clients read and ACK. */
export const burst: Scenario = {
  name: "burst",
  what: "up to 10,000 publications a second to 1,000 clients",
  run,
};

const GROUPS = ["sotw", "delta"] as const;
const PER_SECOND = 10_000;

async function run({ programs, figures, long, minutes }: RunOptions): Promise<void> {
  const { clients, seconds } = long ? { clients: 1000, seconds: (minutes ?? 1) * 60 } : { clients: 200, seconds: 5 };
  await using world = await World.start(programs);
  const part = { kind: "cluster", first: 0, size: 0 } as const;
  await world.publish([{ ...part, count: 20 }]);
  const types = [{ typeUrl: CLUSTERS, names: [] }];
  for (const group of GROUPS) {
    await world.open({ group, streams: clients / GROUPS.length, perConnection: 1, delta: group === "delta", types });
  }
  for (const group of GROUPS) await world.served(group);
  await world.stats({ reset: true });
  const { publications, busyMs, version, atUs } = await world.burst({
    part: { ...part, count: 1, revision: 0 },
    perSecond: PER_SECOND,
    seconds,
  });
  figures.add("publications", publications, "", { atLeast: seconds * PER_SECOND / 20 });
  figures.add("time that a publication takes", busyMs / publications * 1000, "µs");
  for (const group of GROUPS) {
    const { missing, lastUs } = await world.arrival(group, { type: CLUSTERS, version, sinceUs: atUs });
    const { messages, backwards } = await world.counts(group);
    figures.add(`${group}: streams without the last version`, missing, "", { exactly: 0 });
    figures.add(`${group}: the last stream has it after`, Math.max(0, lastUs / 1000), "ms", { atMost: 1000 });
    figures.add(`${group}: responses`, messages);
    figures.add(`${group}: responses with an older version`, backwards, "", { exactly: 0 });
  }
  figures.lag("", await world.stats());
  for (const group of GROUPS) await world.close(group);
  figures.add("streams, watches and connections left afterwards", await world.rest(), "", { exactly: 0 });
}
