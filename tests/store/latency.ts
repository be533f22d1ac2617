// Measures the time from a publication in one process to the last of many streams of a replica in another: gRPC clients
// in a third process, each with a connection of its own, and a NATS server that flushes each write.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { buildGo } from "../../bench/build.ts";
import { NatsServer } from "../../examples/cluster/nats-server.ts";
import { ReplicaProcess } from "../../examples/cluster/replica-process.ts";
import { Snapshot } from "../../mod.ts";
import { CLUSTER_TYPE } from "../../src/v3/mod.ts";
import { LineProcess } from "../matrix/line-process.ts";
import { marked } from "./faults/marked.ts";

const STREAMS = 1_000;
/** The first ones are not measured: code that runs for the first time is slow. */
const WARM_UP = 20;
const PUBLICATIONS = 200;
const TIMEOUT_MS = 30_000;

await using running = new AsyncDisposableStack();
const clients = running.use(new LineProcess([buildGo("load")]));
const folder = await mkdtemp(join(tmpdir(), "latency-"));
running.defer(() => rm(folder, { recursive: true }));
const server = await NatsServer.start();
running.defer(() => server.remove());
const writer = running.use(
  new LineProcess([process.execPath, new URL("faults/writer.ts", import.meta.url).pathname]),
);
await writer.send({ servers: [server.url], key: "fleet", first: 0 });
await writer.send({ mark: 1_000_000 });
const replica = running.use(await ReplicaProcess.start([server.url], join(folder, "copy")));
const open = { Port: replica.port, Streams: STREAMS, PerConnection: 1, Delta: true, TypeURL: CLUSTER_TYPE };
await ask({ Do: "open", ...open });
await reached(1_000_000, 0);

const toHalf: number[] = [];
const toLast: number[] = [];
for (let mark = 1; mark <= WARM_UP + PUBLICATIONS; mark++) {
  // The writer says when it has begun; all have the clock of this machine.
  const startUs = await writer.send({ mark }) as number;
  const { p50Us, lastUs } = await reached(mark, startUs);
  if (mark > WARM_UP) {
    toHalf.push(p50Us);
    toLast.push(lastUs);
  }
  await sleep(20);
}
print(`to half of ${STREAMS} streams`, toHalf);
print(`to the last of ${STREAMS} streams`, toLast);

function reached(mark: number, sinceUs: number): Promise<{ readonly p50Us: number; readonly lastUs: number }> {
  const version = new Snapshot({ resources: marked({ mark, size: 5 }) }).version(CLUSTER_TYPE);
  return ask({ Do: "await", Version: version, Reached: STREAMS, SinceUs: sinceUs, TimeoutMs: TIMEOUT_MS });
}

async function ask<T>(command: object): Promise<T> {
  const result = await clients.send(command) as T & { readonly error?: string };
  if (result.error !== undefined) throw new Error(`The clients: ${result.error}`);
  return result;
}

function print(what: string, timesUs: readonly number[]): void {
  const sorted = [...timesUs].sort((a, b) => a - b);
  const at = (share: number) => (sorted[Math.ceil(share * sorted.length) - 1]! / 1_000).toFixed(1);
  console.log(`${what}: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, of ${timesUs.length} publications`);
}
