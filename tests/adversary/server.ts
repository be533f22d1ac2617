// The server under attack. It reads commands as lines of JSON, and prints one line for each.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import {
  bindNode as bindNodeTo,
  createDiscoveryServer,
  type DiscoveryServer,
  type NodeHash,
  Snapshot,
  SnapshotCache,
} from "../../mod.ts";
import { listen, restListener, type RunningServer } from "../../src/node/mod.ts";
import { cluster } from "../../src/v3/mod.ts";
import { counting, type Counts, misbehaving } from "./server-callbacks.ts";
import { Backend } from "./server-source.ts";
import type { Measured, ServerCommand, ServerSpec, SnapshotSpec, Started, State } from "./server-command.ts";
import { resourcesOf } from "./server-resources.ts";

const TICK_MS = 10;
/** Snapshots that every server has: of the client that must not notice an attack, and of attackers. */
const SNAPSHOTS: readonly SnapshotSpec[] = [{ key: "healthy" }, { key: "small" }, { key: "attacker" }];

const nodeHash: NodeHash = ({ id }) => id.split("-")[0]!;
const cache = new SnapshotCache({ nodeHash });
let backend: Backend | undefined;
const counts: Counts = { opened: 0, closed: 0, nacks: 0, sent: 0, faults: 0 };
const published = new Map<string, Snapshot>();
const lags: number[] = [];
let server: DiscoveryServer | undefined;
let running: RunningServer | undefined;

process.on("unhandledRejection", () => void counts.faults++);
process.on("SIGTERM", () => void running?.drain({ overMs: 2_000 }).then(() => process.exit(0)));

let expected = performance.now() + TICK_MS;
let cpu = process.cpuUsage();
let blockedMax = 0;
setInterval(() => {
  const now = performance.now();
  const { user, system } = process.cpuUsage(cpu);
  const late = Math.max(0, now - expected);
  lags.push(late);
  blockedMax = Math.max(blockedMax, Math.min(late, (user + system) / 1000));
  restartTick();
}, TICK_MS);

function restartTick(): void {
  expected = performance.now() + TICK_MS;
  cpu = process.cpuUsage();
}

/** Called by callbacks that re-enter the cache. */
const reenter = {
  publish: () => publish({ key: "small", revision: counts.sent % 5 }),
  clear: () => cache.clearSnapshot("small"),
};

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await run(JSON.parse(line) as ServerCommand) ?? null));
}
process.exit(0);

async function run(command: ServerCommand): Promise<unknown> {
  switch (command.do) {
    case "start":
      return await start(command.spec);
    case "measure":
      return measure();
    case "state":
      return state();
    case "publish":
      return publish(command.snapshot);
    case "clear":
      return cache.clearSnapshot(command.key);
    case "update":
      return await update(command);
    case "inconsistent":
      return inconsistent();
    case "backend":
      if (command.snapshot !== undefined) backend!.publish(command.snapshot);
      return backend!.become(command.is);
  }
}

async function start(spec: ServerSpec): Promise<Started> {
  const { options, listen: listenOptions, snapshots = [], callbacks, bindNode } = spec;
  const specs = [...SNAPSHOTS, ...snapshots];
  if (spec.backend) {
    backend = new Backend(specs, nodeHash);
    await backend.cache.ready;
  } else for (const snapshot of specs) publish(snapshot);
  server = createDiscoveryServer({
    cache: backend?.cache ?? cache,
    log: false,
    callbacks: counting(counts, callbacks === undefined ? {} : misbehaving(callbacks, reenter)),
    ...options,
    ...bindNode && { authorize: bindNodeTo({ idOf: ({ certificate }) => certificate?.commonName }) },
  });
  running = await listen(server, { port: 0, maxConnectionsPerAddress: 20_000, ...listenOptions });
  const http = createServer(restListener(server));
  await new Promise<void>((resolve) => void http.listen(0, "127.0.0.1", resolve));
  return { port: running.port, restPort: (http.address() as AddressInfo).port };
}

function measure(): Measured {
  const sorted = lags.splice(0).sort((a, b) => a - b);
  const before = process.cpuUsage();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage(before);
  restartTick();
  const blocked = blockedMax;
  blockedMax = 0;
  return {
    heap: heapUsed + external,
    lagP99: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
    lagMax: sorted.at(-1) ?? 0,
    blocked,
    collectMs: (user + system) / 1000,
  };
}

function collect(): void {
  const { gc, Bun } = globalThis as { gc?: () => void; Bun?: { gc(force: boolean): void } };
  if (gc === undefined && Bun === undefined) throw new Error("Cannot collect garbage: start with --expose-gc");
  for (let i = 0; i < 2; i++) gc?.() ?? Bun?.gc(true);
}

function state(): State {
  const { streams, unsent, connections, authorization } = server!.status();
  const source = backend?.cache.status();
  const keys = source?.keys ?? cache.status();
  return {
    ...counts,
    streams: streams.length,
    watches: keys.flatMap(({ types }) => types).reduce((sum, { watches }) => sum + watches, 0),
    backendFailures: source?.failures ?? 0,
    keys: keys.length,
    connections: connections.open,
    refused: connections.refused,
    handshakesTimedOut: connections.handshakesTimedOut,
    idleClosed: connections.idleClosed,
    unsentBytes: unsent.bytes,
    cut: unsent.stalledClosed,
    denied: authorization.denied,
  };
}

function publish(spec: SnapshotSpec): void {
  const snapshot = new Snapshot({ version: `${spec.revision ?? 1}`, resources: resourcesOf(spec) });
  published.set(spec.key, snapshot);
  cache.setSnapshot(spec.key, snapshot);
}

async function update({ key, times, everyMs = 0 }: Extract<ServerCommand, { do: "update" }>): Promise<number> {
  const started = performance.now();
  for (let i = 0; i < times; i++) {
    const changed = cluster({ name: "c0", altStatName: `update ${i}` });
    const snapshot = published.get(key)!.with({ version: `update ${i}`, update: [changed] });
    published.set(key, snapshot);
    cache.setSnapshot(key, snapshot);
    if (everyMs > 0 || i % 10 === 0) await sleep(everyMs);
  }
  return performance.now() - started;
}

/** @returns what the check says about a snapshot whose cluster refers to endpoints that it does not have */
function inconsistent(): string {
  try {
    const snapshot = new Snapshot({ resources: resourcesOf({ key: "x", assignments: 0, eds: true }) });
    const problems = snapshot.check();
    return problems.map(({ message }) => message).join("; ");
  } catch (error) {
    return String(error);
  }
}
