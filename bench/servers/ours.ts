// This project's server, driven by commands. The first argument says how endpoints are made: of messages ("init"), or of
// hosts ("hosts"); the second one names the folder of the sources to use; default: these ones.
import process from "node:process";
import { pathToFileURL } from "node:url";
import type { Resource, Snapshot, SnapshotCache } from "../../mod.ts";
import { changedIn, type ServerSetup, versionOf, type World } from "../protocol.ts";
import { clusterInit, clusterNameOf, endpointsInit, hostsOf } from "../resources.ts";
import { type BenchServer, serveLines } from "./serve-lines.ts";

const [maker, folder] = process.argv.slice(2);
const root = folder === undefined ? new URL("../../", import.meta.url) : pathToFileURL(`${folder}/`);
const extension = import.meta.url.slice(import.meta.url.lastIndexOf(".")); // .js where it is compiled
const ours: typeof import("../../mod.ts") = await load("mod");
const node: typeof import("../../src/node/mod.ts") = await load("src/node/mod");
const v3: typeof import("../../src/v3/mod.ts") = await load("src/v3/mod");

let publish: (world: World, round: number) => string;

const server: BenchServer = {
  async start(setup) {
    const make: Make = setup.type === "cluster"
      ? (i, round, owner) => v3.cluster(clusterInit(i, round, owner))
      : maker === "hosts"
      ? (i, round) => v3.clusterEndpoints(clusterNameOf(i), hostsOf(i, round, setup.hosts))
      : (i, round) => v3.endpoints(endpointsInit(i, round, setup.hosts));
    const cache = setup.cache === "linear" ? linear(setup, make) : snapshots(setup, make);
    const { port } = await node.listen(ours.createDiscoveryServer({ cache }), {
      port: 0,
      // All clients of the load are at one address.
      maxConnectionsPerAddress: Infinity,
    });
    return { port };
  },
  publish: (world, round) => publish(world, round),
};

type Make = (i: number, round: number, owner?: string) => Resource;

function linear({ type }: ServerSetup, make: Make) {
  const cache = new ours.LinearCache(type === "cluster" ? v3.CLUSTER_TYPE : v3.ENDPOINT_TYPE);
  publish = (world, round) => {
    cache.apply({ update: changedIn(world, round).map((i) => make(i, round)) });
    return cache.version;
  };
  return cache;
}

function snapshots({ perNode, ownContent }: ServerSetup, make: Make): SnapshotCache {
  const cache = new ours.SnapshotCache(perNode ? {} : { nodeHash: () => "all" });
  publish = (world, round) => {
    const version = versionOf(round);
    for (let i = 0; i < (perNode ? world.nodes : 1); i++) {
      const key = perNode ? `node-${i}` : "all";
      const update = changedIn(world, round).map((i) => make(i, round, ownContent ? key : undefined));
      cache.setSnapshot(key, next(cache.getSnapshot(key), update, version));
    }
    return version;
  };
  return cache;
}

function next(before: Snapshot | undefined, update: Resource[], version: string): Snapshot {
  return before?.with({ version, update }) ?? new ours.Snapshot({ version, resources: update });
}

function load<T>(path: string): Promise<T> {
  return import(new URL(`${path}${extension}`, root).href);
}

await serveLines(server);
