// Measures the time from a publication in one process to the last of many streams of a replica in another.
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { NatsStore, ReplicatedCache } from "../../src/nats/mod.ts";
import { FakeClient } from "../../src/testing/mod.ts";
import { CLUSTER_TYPE, v3 } from "../../src/v3/mod.ts";
import { LineProcess } from "../matrix/line-process.ts";
import { markOf } from "./faults/marked.ts";
import { NatsServer } from "../../examples/cluster/nats-server.ts";

const STREAMS = 1_000;
const PUBLICATIONS = 200;

const server = await NatsServer.start();
const writer = new LineProcess([process.execPath, new URL("faults/writer.ts", import.meta.url).pathname]);
const store = await NatsStore.connect({ servers: server.url, bucket: "xds" });
const cache = new ReplicatedCache(store);
try {
  await writer.send({ servers: [server.url], first: 0 });
  let wake = () => {};
  const clients = Array.from({ length: STREAMS }, () => {
    const client = new FakeClient({ cache, api: v3, variant: "delta", node: { id: "all" }, onWake: () => wake() });
    client.subscribe(CLUSTER_TYPE);
    return client;
  });
  await cache.ready;
  const toReplica: number[] = [];
  const toLast: number[] = [];
  for (let mark = 1; mark <= PUBLICATIONS; mark++) {
    const { promise, resolve } = Promise.withResolvers<void>();
    wake = () => markOf(cache.getSnapshot("all")).mark === mark && resolve();
    // The writer says when it has begun; both have the clock of this machine.
    const began = writer.send({ mark }) as Promise<number>;
    await promise;
    const at = Date.now();
    for (const client of clients) client.settle();
    const end = Date.now();
    const start = await began;
    toReplica.push(at - start);
    toLast.push(end - start);
    await sleep(20);
  }
  print("in the cache of the replica", toReplica);
  print(`sent to the last of ${STREAMS} streams`, toLast);
  for (const client of clients) client.close();
} finally {
  await writer.stop();
  await cache.close();
  await store.close();
  await server.remove();
}

function print(what: string, times: readonly number[]): void {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1];
  console.log(`${what}: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, of ${times.length} publications`);
}
