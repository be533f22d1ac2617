import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cluster } from "../../../../src/v3/mod.ts";
import { markOf, textOf } from "../marked.ts";
import type { FaultCase } from "../case.ts";
import type { World } from "../world.ts";

const FULL = 40;

/** A store loses what replicas have seen already, or has no room. */
export const LOSS_CASES: readonly FaultCase[] = [
  {
    name: "rewound",
    what: "an earlier copy of the directory of the store is put back, with a tenth of the resources",
    async run(world) {
      await world.startServers();
      const [server] = world.servers;
      const store = await world.connect();
      await world.publish(store, { size: FULL / 10 });
      await server!.kill();
      await server!.copyData("before");
      await server!.start();
      await losesMost(world, () => server!.useData("before"));
      await world.until(async () => markOf((await store.get("all")).snapshot).size === FULL / 10, "it is rewound");
      await acceptsAndFollows(world);
    },
  },
  {
    name: "replaced",
    what: "the store is made anew, and a publisher with a tenth of the resources comes first",
    async run(world) {
      await world.startServers();
      const [server] = world.servers;
      await losesMost(world, () => server!.useData("other"), async () => {
        assert.ok(world.replicas.every(({ cache }) => !cache.status().isConnected), "no store is there at all");
        const store = await world.connect();
        await world.publish(store, { size: FULL / 10 });
      });
      await acceptsAndFollows(world);
    },
  },
  {
    name: "replaced-empty",
    what: "the store is made anew, and empty",
    async run(world) {
      await world.startServers();
      const [server] = world.servers;
      await losesMost(world, () => server!.useData("other"), async () => void await world.connect());
    },
  },
  {
    name: "replaced-copy",
    what: "the store is made anew while a replica is down, which starts from its copy",
    async run(world) {
      await world.startServers();
      const [server] = world.servers;
      const copyTo = await world.directory();
      const store = await world.connect();
      await world.publish(store, { size: FULL });
      const first = await world.startReplica({ copyTo });
      await world.reaches(world.acknowledged);
      await first.cache.close();
      await server!.kill();
      await server!.useData("other");
      await server!.start();
      await world.publish(await world.connect(), { size: FULL / 10 });
      world.replicas.pop();
      const again = await world.startReplica({ copyTo });
      await world.until(() => again.cache.status().held.length === 1, "a replica does not hold what is lost");
      assert.equal(markOf(again.snapshot).size, FULL);
      // Another change of what is held does not serve it.
      await world.publish(await world.connect(), { size: FULL / 10 });
      await sleep(300);
      assert.equal(markOf(again.snapshot).size, FULL);
      again.check();
      await acceptsAndFollows(world);
    },
  },
  {
    name: "disk-full",
    what: "the disk of the server has no room any more, then room again",
    async run(world) {
      await world.startServers();
      const [server] = world.servers;
      await server!.kill();
      const disk = Disk.mount(server!.dataPath);
      if (disk === undefined) {
        world.log("no small disk can be mounted (that needs root): the server has a limit for its files instead");
        server!.limit(4 * 2 ** 20);
      }
      try {
        await server!.start();
        const store = await world.connect();
        await world.publish(store);
        for (let i = 0; i < 2; i++) await world.startReplica({ store: await world.connect() });
        await world.reaches(world.acknowledged);
        if (disk !== undefined) await disk.fill();
        const refused = await fill(store);
        assert.ok(refused > 0, "nothing was refused, so that this case shows nothing");
        world.log(`${refused} publications were refused`);
        assert.ok(world.replicas.every(({ mark }) => mark === world.acknowledged), "served meanwhile");
        await server!.kill();
        server!.limit(undefined);
        if (disk !== undefined) disk.grow();
        const start = performance.now();
        await server!.start();
        await world.publish(await world.connect());
        await world.reaches(world.acknowledged);
        world.log(`with room again, all is served ${Math.round(performance.now() - start)} ms after the start`);
        await world.check(await world.connect());
      } finally {
        await server!.kill();
        disk?.unmount();
      }
    },
  },
];

async function losesMost(world: World, lose: () => Promise<void>, before = async () => {}): Promise<void> {
  const [server] = world.servers;
  const store = await world.connect();
  await world.publish(store, { size: FULL });
  for (let i = 0; i < 2; i++) await world.startReplica({ store: await world.connect() });
  const mark = world.acknowledged;
  await world.reaches(mark);
  const text = textOf(world.replicas[0]!.snapshot);
  await server!.kill();
  await lose();
  const start = performance.now();
  await server!.start();
  await before();
  await world.until(
    () => world.replicas.every(({ cache }) => cache.status().held.length === 1),
    "a replica does not hold what would remove most",
  );
  world.log(`noticed and held ${Math.round(performance.now() - start)} ms after the start`);
  for (const each of world.replicas) {
    assert.equal(textOf(each.snapshot), text, "what is served stays as it was");
    assert.match(each.errors.join("\n"), /was replaced by another|was rewound/);
    each.check();
  }
}

async function acceptsAndFollows(world: World): Promise<void> {
  const store = await world.connect();
  for (const each of world.replicas) {
    each.allowRemovals();
    assert.deepEqual(each.cache.accept("all"), ["all"]);
    assert.equal(markOf(each.snapshot).size, FULL / 10);
  }
  await world.publish(store, { size: FULL });
  await world.reaches(world.acknowledged);
  await world.check(store);
}

/** Publishes until there is no room, and some more. @returns how many were refused */
async function fill(store: Awaited<ReturnType<World["connect"]>>): Promise<number> {
  let refused = 0;
  for (let i = 0; i < 60 && refused < 5; i++) {
    const altStatName = randomBytes(200_000).toString("hex");
    await store.publish("other", [cluster({ name: `big${i}`, altStatName })]).catch(() => refused++);
  }
  return refused;
}

/** A disk of its own, in memory. */
class Disk {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  static mount(path: string): Disk | undefined {
    spawnSync("mkdir", ["-p", path]);
    const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64m", "tmpfs", path]);
    return status === 0 ? new Disk(path) : undefined;
  }

  async fill(): Promise<void> {
    await mkdir(join(this.#path, "other"), { recursive: true });
    await writeFile(join(this.#path, "other", "file"), new Uint8Array(60 * 2 ** 20)).catch(() => {});
  }

  grow(): void {
    spawnSync("mount", ["-o", "remount,size=256m", this.#path]);
  }

  unmount(): void {
    spawnSync("umount", [this.#path]);
  }
}
