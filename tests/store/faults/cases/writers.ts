import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { cluster, CLUSTER_TYPE } from "../../../../src/v3/mod.ts";
import { type Engine, SnapshotStore } from "../../../../src/store/mod.ts";
import { LineProcess } from "../../../matrix/line-process.ts";
import type { FaultCase } from "../case.ts";
import { marked, markOf } from "../marked.ts";

/** Writers that are fast, killed, or several. */
export const WRITER_CASES: readonly FaultCase[] = [
  {
    name: "rate",
    what: "100 publications a second",
    async run(world) {
      await world.startServers();
      const store = await world.connect();
      for (let i = 0; i < 3; i++) await world.startReplica({ store: await world.connect() });
      const start = performance.now();
      const seconds = world.amounts.rateSeconds;
      for (let i = 0; i < seconds * 100; i++) {
        await sleep(Math.max(0, start + i * 10 - performance.now()));
        await world.publish(store);
      }
      const rate = Math.round(world.acknowledged / (performance.now() - start) * 1_000);
      world.log(
        `${rate} a second; the replicas are equal ${await world.reaches(world.acknowledged)} ms after the last`,
      );
      const { deleted, kept } = await store.collect();
      world.log(`collected ${deleted} values, ${kept} are left`);
      await world.check(store);
    },
  },
  {
    name: "writer-steps",
    what: "a writer ends before and after each write of a publication",
    async run(world) {
      await world.startServers();
      const store = await world.connect();
      await world.publish(store);
      await world.startReplica({ store: await world.connect() });
      await world.reaches(world.acknowledged);
      let steps = 0;
      for (let isOver = false; !isOver; steps++) {
        const failing = new SnapshotStore(failingAt(store.engine, steps));
        const mark = 1_000 + steps;
        isOver = await failing.publish("all", marked({ mark, size: 5 })).then(() => true, () => false);
        // The former publication, or this one, but whole.
        const found = markOf((await new SnapshotStore(store.engine).get("all")).snapshot);
        assert.equal(found.size, 5);
        const later = Date.now() + 3_600_000;
        await store.collect({ now: () => steps % 2 === 0 ? later : Date.now() });
        await world.until(() => world.replicas[0]!.mark === found.mark, "the replica is not equal");
      }
      assert.ok(steps > 20, `a publication of only ${steps} steps`);
      world.log(`${steps} steps`);
      await world.check(store, { isLossAllowed: true });
    },
  },
  {
    name: "writer-killed",
    what: "kill -9 of a process that publishes",
    async run(world) {
      await world.startServers();
      const store = await world.connect();
      await world.publish(store);
      for (let i = 0; i < 2; i++) await world.startReplica({ store: await world.connect() });
      let acknowledged = 0;
      for (let i = 0; i < world.amounts.kills; i++) {
        const first = (i + 1) * 100_000;
        const writer = new LineProcess([process.execPath, WRITER]);
        await writer.send({ servers: world.servers.map(({ url }) => url), first });
        acknowledged = Number(await writer.send({ forMs: 50 + Math.random() * 100 }));
        const last = writer.send({ forMs: 60_000 }).catch(() => {});
        await sleep(Math.random() * 60);
        writer.signal("SIGKILL");
        await Promise.all([writer.exited, last]);
        const found = markOf((await new SnapshotStore(store.engine).get("all")).snapshot);
        assert.ok(found.mark >= acknowledged, `${found.mark} is there, and ${acknowledged} was acknowledged`);
      }
      await store.collect({ now: () => Date.now() + 3_600_000 });
      await world.check(store);
    },
  },
  {
    name: "two-writers",
    what: "two writers change one key at the same time, from two connections",
    async run(world) {
      await world.startServers();
      const stores = [await world.connect(), await world.connect()];
      const replica = await world.startReplica({ store: await world.connect() });
      const { updates } = world.amounts;
      const start = performance.now();
      await Promise.all(stores.map(async (store, i) => {
        for (let j = 0; j < updates; j++) {
          await store.update("two", { update: [cluster({ name: `${i}-${j}` })] });
        }
      }));
      world.log(`${2 * updates} updates in ${Math.round(performance.now() - start)} ms`);
      const { snapshot } = await new SnapshotStore(stores[0]!.engine).get("two");
      assert.equal(snapshot!.resources(CLUSTER_TYPE).size, 2 * updates, "no update is lost");
      await world.until(
        () => replica.cache.getSnapshot("two")?.version(CLUSTER_TYPE) === snapshot!.version(CLUSTER_TYPE),
        "the replica is not equal",
      );
    },
  },
];

const WRITER = new URL("../writer.ts", import.meta.url).pathname;

/** An engine that fails from some point on: before a write, or once it is written and not acknowledged. */
function failingAt(engine: Engine, steps: number): Engine {
  let left = steps;
  const step = () => {
    if (left-- <= 0) throw new Error("The writer has ended");
  };
  return {
    maxValueBytes: engine.maxValueBytes,
    identity: () => engine.identity(),
    get: (key) => engine.get(key),
    list: (prefix) => engine.list(prefix),
    watch: (prefix, options) => engine.watch(prefix, options),
    close: () => Promise.resolve(),
    async putIf(key, value, revision) {
      step();
      const written = await engine.putIf(key, value, revision);
      step();
      return written;
    },
  };
}
