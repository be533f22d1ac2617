// This project's server on two threads that share a port, driven by commands: see docs/scaling.md.
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { type Resource, Snapshot } from "../../mod.ts";
import { SnapshotFeed } from "../../src/entries/feed.ts";
import { cluster } from "../../src/v3/mod.ts";
import { freePort } from "../../tests/free-port.ts";
import { changedIn, versionOf } from "../protocol.ts";
import { clusterInit } from "../resources.ts";
import { type BenchServer, serveLines } from "./serve-lines.ts";

const THREADS = 2;
const feed = new SnapshotFeed();

const server: BenchServer = {
  async start() {
    const port = await freePort();
    for (let i = 0; i < THREADS; i++) {
      const worker = new Worker(new URL(import.meta.url.replace(/cores(?=\.\w+$)/, "cores-worker")), {
        workerData: { port },
      });
      await once(worker, "message");
      feed.connect((message) => worker.postMessage(message));
    }
    return { port };
  },
  publish(world, round) {
    const version = versionOf(round);
    const update: Resource[] = changedIn(world, round).map((i) => cluster(clusterInit(i, round)));
    const before = feed.getSnapshot("all");
    feed.setSnapshot("all", before?.with({ version, update }) ?? new Snapshot({ version, resources: update }));
    return version;
  },
};

await serveLines(server);
