import type { RunOptions, Scenario } from "../scenario.ts";
import { CLUSTERS, pause, World } from "../world.ts";

/** D-10, D-11: the server crashes, and begins again with the same version but other content, or without any. */
export const restart: Scenario = {
  name: "restart",
  what: "a crash; then other content by the same version, and a server that has no configuration yet",
  run,
};

const GROUPS = ["sotw", "delta"] as const;

async function run({ programs, figures, long }: RunOptions): Promise<void> {
  const clients = long ? 1000 : 100;
  await using world = await World.start(programs);
  const parts = [{ kind: "cluster", first: 0, count: 20, size: 0 }] as const;
  const { version } = await world.publish(parts, 1);
  const types = [{ typeUrl: CLUSTERS, names: [] }];
  for (const group of GROUPS) {
    const delta = group === "delta";
    await world.open({ group, streams: clients / 2, perConnection: 1, delta, types, resume: true });
  }
  const old = await contents();

  await world.crash();
  const again = await world.publish(parts, 2);
  await world.listenAgain();
  figures.add("the version is the same after the crash", Number(again.version === version), "", { exactly: 1 });
  const changed = await contents();
  for (const group of GROUPS) {
    figures.add(`${group}: contents of all clients afterwards`, changed[group].length, "", { exactly: 1 });
    figures.add(`${group}: of these, contents of before`, common(old[group], changed[group]), "", { exactly: 0 });
  }

  await world.crash();
  await world.listenAgain();
  figures.add("streams on a server without configuration", await world.streams(clients), "", { exactly: clients });
  const before = await messages();
  await pause(1000); // a response that says that all is removed would arrive by then
  figures.add("responses without configuration", await messages() - before, "", { exactly: 0 });
  await world.publish(parts, 3);
  const last = await contents();
  for (const group of GROUPS) {
    figures.add(`${group}: of the contents afterwards, those of before`, common(changed[group], last[group]), "", {
      exactly: 0,
    });
  }

  async function contents(): Promise<Record<typeof GROUPS[number], readonly string[]>> {
    const found = { sotw: [] as string[], delta: [] as string[] };
    for (const group of GROUPS) {
      const { reached } = await world.served(group);
      figures.add(`${group}: clients served`, reached, "", { exactly: clients / 2 });
      found[group] = Object.keys((await world.counts(group)).contents[CLUSTERS]!);
    }
    return found;
  }

  async function messages(): Promise<number> {
    let sum = 0;
    for (const group of GROUPS) sum += (await world.counts(group)).messages;
    return sum;
  }
}

function common(some: readonly string[], others: readonly string[]): number {
  return some.filter((each) => others.includes(each)).length;
}
