// Measures the time from a publication to the last of many streams: published by another process through a NATS server
// that flushes each write, and, in turn with that, by the process that serves. What differs is what a store costs.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { buildGo } from "../../../bench/build.ts";
import { NatsServer } from "../../../examples/cluster/nats-server.ts";
import { ReplicaProcess } from "../../../examples/cluster/replica-process.ts";
import { LineProcess } from "../../matrix/line-process.ts";
import { type Arrival, Fleet } from "./fleet.ts";

const STREAMS = 1_000;
/** The first ones are not measured: code that runs for the first time is slow. */
const WARM_UP = 20;
const PUBLICATIONS = 200;

await using running = new AsyncDisposableStack();
const clients = buildGo("load");
const folder = await mkdtemp(join(tmpdir(), "latency-"));
running.defer(() => rm(folder, { recursive: true }));
const nats = await NatsServer.start();
running.defer(() => nats.remove());

const writer = running.use(start("../faults/writer.ts"));
await writer.send({ servers: [nats.url], key: "fleet", first: 0 });
const replica = running.use(await ReplicaProcess.start([nats.url], join(folder, "copy")));
const oneProcess = running.use(start("one-process.ts"));
const ways = [
  { name: "through a store, by another process", publisher: writer, port: replica.port },
  { name: "by the process that serves", publisher: oneProcess, port: await oneProcess.send({}) as number },
];
const measured: { name: string; publisher: LineProcess; fleet: Fleet; arrivals: Arrival[] }[] = [];
for (const { name, publisher, port } of ways) {
  const fleet = running.use(await Fleet.open(clients, { port, streams: STREAMS }));
  measured.push({ name, publisher, fleet, arrivals: [] });
}

for (let mark = 1; mark <= WARM_UP + PUBLICATIONS; mark++) {
  for (const { publisher, fleet, arrivals } of measured) {
    // The publisher says when it has begun; all have the clock of this machine.
    const arrival = await fleet.reaches(mark, await publisher.send({ mark }) as number);
    if (mark > WARM_UP) arrivals.push(arrival);
    await sleep(20);
  }
}
for (const { name, arrivals } of measured) {
  print(`${name}, to half of ${STREAMS} streams`, arrivals.map(({ p50Us }) => p50Us));
  print(`${name}, to the last of ${STREAMS} streams`, arrivals.map(({ lastUs }) => lastUs));
}

function start(program: string): LineProcess {
  return new LineProcess([process.execPath, new URL(program, import.meta.url).pathname]);
}

function print(what: string, timesUs: readonly number[]): void {
  const sorted = [...timesUs].sort((a, b) => a - b);
  const at = (share: number) => (sorted[Math.ceil(share * sorted.length) - 1]! / 1_000).toFixed(1);
  console.log(`${what}: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, of ${timesUs.length} publications`);
}
