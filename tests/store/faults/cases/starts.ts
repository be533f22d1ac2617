import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { cluster } from "../../../../src/v3/mod.ts";
import type { FaultCase } from "../case.ts";

/** Replicas that start: while everything is down, and with many keys. */
export const START_CASES: readonly FaultCase[] = [
  {
    name: "start-down",
    what: "replicas start while no server runs, one of them with a copy",
    async run(world) {
      await world.startServers();
      const [server] = world.servers;
      const copyTo = await world.directory();
      const store = await world.connect();
      await world.publish(store);
      const first = await world.startReplica({ copyTo });
      await world.reaches(world.acknowledged);
      await first.cache.close();
      world.replicas.pop();
      await server!.kill();

      const start = performance.now();
      const withCopy = await world.startReplica({ copyTo });
      const without = await world.startReplica();
      await withCopy.cache.ready;
      world.log(`ready from its copy after ${Math.round(performance.now() - start)} ms`);
      assert.equal(withCopy.mark, world.acknowledged);
      assert.equal(withCopy.cache.status().isStale, true);
      await sleep(500);
      assert.deepEqual([without.cache.status().isReady, without.mark], [false, 0], "it waits");

      const again = performance.now();
      await server!.start();
      await without.cache.ready;
      await world.until(() => !withCopy.cache.status().isStale, "what is served stays stale");
      world.log(`both follow the store ${Math.round(performance.now() - again)} ms after the start of the server`);
      assert.deepEqual(withCopy.cache.status().held, []);
      await world.publish(await world.connect());
      await world.reaches(world.acknowledged);
      await world.check(await world.connect());
    },
  },
  {
    name: "relist",
    what: "many keys are listed anew: by a new replica, and by one whose server was killed",
    async run(world) {
      await world.startServers();
      const store = await world.connect();
      const { keys } = world.amounts;
      const begin = performance.now();
      for (let i = 0; i < keys; i += 50) {
        const names = Array.from({ length: Math.min(50, keys - i) }, (_, j) => `k${i + j}`);
        await Promise.all(names.map((key) => store.publish(key, [cluster({ name: key })])));
      }
      world.log(`${keys} keys published in ${Math.round(performance.now() - begin)} ms`);
      await world.publish(store);
      const start = performance.now();
      const { cache } = await world.startReplica({ store: await world.connect() });
      await cache.ready;
      world.log(`a new replica has them after ${Math.round(performance.now() - start)} ms`);
      const hasAll = () => Array.from({ length: keys }, (_, i) => cache.getSnapshot(`k${i}`)).every(Boolean);
      assert.ok(hasAll());
      await world.servers[0]!.kill();
      await world.until(() => !cache.status().isConnected, "the replica does not notice");
      const again = performance.now();
      await world.servers[0]!.start();
      await world.until(() => cache.status().isConnected, "the replica does not follow again");
      world.log(`it follows again ${Math.round(performance.now() - again)} ms after the start of the server`);
      assert.ok(hasAll());
      assert.deepEqual(cache.status().held, []);
      await world.publish(await world.connect());
      await world.reaches(world.acknowledged);
      await world.check(await world.connect());
    },
  },
];
