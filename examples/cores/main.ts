// One xDS server on all cores: this thread publishes, and each worker serves the connections that it is given.
import { once } from "node:events";
import { availableParallelism } from "node:os";
import process from "node:process";
import { Worker } from "node:worker_threads";
import { SnapshotFeed } from "../../src/entries/feed.ts";
import { stopOnSignals } from "../../src/node/mod.ts";
import { resources, routes } from "../server/config.ts";

const port = Number(process.env.PORT ?? 18000);
const feed = new SnapshotFeed();

const workers: Worker[] = [];

for (let i = 0; i < availableParallelism(); i++) {
  const worker = new Worker(new URL("worker.ts", import.meta.url), { workerData: { port, name: `worker ${i}` } });
  workers.push(worker);
  worker.on("message", (line) => console.log(line));
  const disconnect = feed.connect((message) => worker.postMessage(message));
  worker.on("error", (error) => {
    disconnect();
    console.error(error);
    process.exit(1); // leave it to the supervisor: a server that lost a core would be slow without a sign of it
  });
}

stopOnSignals(async () => {
  for (const worker of workers) worker.postMessage("stop");
  await Promise.all(workers.map((worker) => once(worker, "exit")));
});

let version = 1;
feed.setSnapshot("every node", resources({ listenerPort: 10000, upstreamPort: 18080 }, "1"));
setInterval(() => {
  version++;
  feed.updateSnapshot("every node", { update: [routes(`${version}`)] });
}, 10_000);
