// A replica of the server that reads commands as lines of JSON, and prints one line for each. SIGTERM drains it.
import process from "node:process";
import { createInterface } from "node:readline";
import {
  cacheFrom,
  createDiscoveryServer,
  type DiscoveryServer,
  MuxCache,
  Snapshot,
  SnapshotCache,
  type WatchRequest,
} from "../../mod.ts";
import { listen, type RunningServer } from "../../src/node/mod.ts";
import { ENDPOINT_TYPE } from "../../src/v3/mod.ts";
import { Backend } from "./backend.ts";
import type { Client, Command, ReplicaStatus } from "./command.ts";
import { resourcesOf, type State } from "./state.ts";

/** Seconds instead of the half minute of the default, as everything here is scaled down. */
const KEEPALIVE = { intervalMs: 1_000, timeoutMs: 1_000 };

const errors: string[] = [];
const nacks: string[] = [];
const snapshots = new SnapshotCache();
const backend = new Backend();
const endpoints = cacheFrom((request, options) => backend.follow(request, options), {
  retryMs: 200,
  // It fails when it is made to.
  onError: () => {},
});
const published = new Map<string, number>();
let clients: ReadonlyMap<string, Client> = new Map();
let server: DiscoveryServer;
let running: RunningServer;

process.on("SIGTERM", () => void drain());
for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await run(JSON.parse(line) as Command) ?? null));
}
process.exit(0);

async function run(command: Command): Promise<unknown> {
  switch (command.do) {
    case "start":
      clients = new Map(command.clients.map((client) => [client.node, client]));
      return await start(command.port);
    case "publish":
      return publish(clients.get(command.node)!, command.state);
    case "backend":
      return backend.behave(command.as);
    case "clock":
      return jump(command.byMs);
    case "status":
      return status();
  }
}

async function start(port: number): Promise<void> {
  server = createDiscoveryServer({
    cache: new MuxCache(cacheOf, { otherwise: snapshots }),
    log: false,
    callbacks: {
      onNack: ({ node }, { typeUrl, message }) => void nacks.push(`${node?.id}: ${typeUrl}: ${message}`),
      onError: (error) => void errors.push(String(error)),
    },
  });
  running = await listen(server, { port, keepalive: KEEPALIVE });
}

function cacheOf({ node, type }: WatchRequest) {
  return type === ENDPOINT_TYPE && clients.get(node.id)?.hasBackend ? endpoints : undefined;
}

function publish(client: Client, state: State): void {
  const resources = resourcesOf(state, client);
  const count = (published.get(client.node) ?? 0) + 1;
  published.set(client.node, count);
  backend.set(client.node, resources.filter(({ typeUrl }) => typeUrl === ENDPOINT_TYPE));
  const version = client.countsVersions ? { version: `${count}` } : {};
  snapshots.setSnapshot(client.node, new Snapshot({ resources, ...version }));
}

function status(): ReplicaStatus {
  const { streams, unsent } = server.status();
  const watches = snapshots.status().flatMap(({ types }) => types).reduce((sum, type) => sum + type.watches, 0);
  return {
    streams: streams.length,
    watches: watches + backend.watches,
    unsentBytes: unsent.bytes,
    errors: errors.splice(0),
    nacks: nacks.splice(0),
  };
}

/** The clock of the day jumps, as after a correction or where a virtual machine was moved. */
function jump(byMs: number): void {
  const now = Date.now;
  Date.now = () => now() + byMs;
}

async function drain(): Promise<void> {
  await running.drain({ overMs: 500 });
  server.close();
  process.exit(0);
}
