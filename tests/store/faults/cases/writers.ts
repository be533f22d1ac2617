import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { fromBinary } from "@bufbuild/protobuf";
import { ClusterSchema } from "../../../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { cluster, CLUSTER_TYPE } from "../../../../src/v3/mod.ts";
import { type Engine, SnapshotStore } from "../../../../src/store/mod.ts";
import { LineProcess } from "../../../matrix/line-process.ts";
import type { FaultCase } from "../case.ts";
import { marked, markOf, textOf } from "../marked.ts";

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
    name: "rate-of-many",
    what: "100 changes a second, each of one of many resources",
    async run(world) {
      await world.startServers();
      const store = await world.connect();
      const { keys: size, rateSeconds: seconds } = world.amounts;
      await store.publish("many", Array.from({ length: size }, (_, i) => cluster({ name: `c${i}` })));
      const replica = await world.startReplica({ store: await world.connect() });
      const start = performance.now();
      let [values, bytes, late] = [0, 0, 0];
      for (let i = 0; i < seconds * 100; i++) {
        await sleep(Math.max(0, start + i * 10 - performance.now()));
        const update = [cluster({ name: `c${i * 37 % size}`, altStatName: `${i}` })];
        const { written } = await store.update("many", { update });
        values += written.values;
        bytes += written.bytes;
        late = Math.max(late, performance.now() - start - (i + 1) * 10);
      }
      const count = seconds * 100;
      const rate = Math.round(count / (performance.now() - start) * 1_000);
      world.log(`${rate} a second, of ${size}; at most ${Math.round(Math.max(0, late))} ms late`);
      world.log(`${(values / count).toFixed(2)} values and ${Math.round(bytes / count)} bytes for each change`);
      const { snapshot } = await new SnapshotStore(store.engine).get("many");
      assert.equal(snapshot!.resources(CLUSTER_TYPE).size, size);
      for (let i = Math.max(0, count - size); i < count; i++) {
        const { bytes } = snapshot!.get(CLUSTER_TYPE, `c${i * 37 % size}`)!;
        assert.equal(fromBinary(ClusterSchema, bytes).altStatName, `${i}`, "no change is lost");
      }
      await world.until(
        () => textOf(replica.cache.getSnapshot("many")) === textOf(snapshot),
        "the replica is not equal",
      );
      const { deleted, kept } = await store.collect();
      world.log(`collected ${deleted} values, ${kept} are left`);
      assert.equal(textOf((await new SnapshotStore(store.engine).get("many")).snapshot), textOf(snapshot));
    },
  },
  {
    name: "writer-steps",
    what: "a writer ends before and after each write of a publication",
    async run(world) {
      await world.startServers();
      const store = await world.connect();
      await world.startReplica({ store: await world.connect() });
      // Written as pages, and into the manifest.
      for (const { size, least } of [{ size: 200, least: 20 }, { size: 5, least: 2 }]) {
        await world.publish(store, { size });
        await world.reaches(world.acknowledged);
        world.replicas[0]!.allowRemovals();
        let steps = 0;
        for (let isOver = false; !isOver; steps++) {
          const failing = new SnapshotStore(failingAt(store.engine, steps));
          const mark = 1_000 * size + steps;
          isOver = await failing.publish("all", marked({ mark, size })).then(() => true, () => false);
          // The former publication, or this one, but whole.
          const found = markOf((await new SnapshotStore(store.engine).get("all")).snapshot);
          assert.equal(found.size, size);
          const later = Date.now() + 3_600_000;
          await store.collect({ now: () => steps % 2 === 0 ? later : Date.now() });
          await world.until(() => world.replicas[0]!.mark === found.mark, "the replica is not equal");
        }
        assert.ok(steps > least, `a publication of only ${steps} steps`);
        world.log(`${steps} steps of a publication of ${2 * size} resources`);
      }
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
        // Into the manifest, and as pages.
        const size = i < world.amounts.kills / 2 ? 5 : 200;
        await writer.send({ servers: world.servers.map(({ url }) => url), first, size });
        acknowledged = Number(await writer.send({ forMs: 50 + Math.random() * 100 }));
        const last = writer.send({ forMs: 60_000 }).catch(() => {});
        await sleep(Math.random() * 60);
        writer.signal("SIGKILL");
        await Promise.all([writer.exited, last]);
        const found = markOf((await new SnapshotStore(store.engine).get("all")).snapshot);
        assert.equal(found.size, size);
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
