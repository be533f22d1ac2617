import process from "node:process";
import { parentPort, workerData } from "node:worker_threads";
import { createDiscoveryServer, logCallbacks, SnapshotCache } from "../../mod.ts";
import { followSnapshots } from "../../src/entries/feed.ts";
import { listen } from "../../src/node/mod.ts";

const { port, name } = workerData as { readonly port: number; readonly name: string };
const cache = new SnapshotCache({ nodeHash: () => "every node" });
const follow = followSnapshots(cache);

const callbacks = logCallbacks((line) => parentPort!.postMessage(`${name}  ${line}`));
const server = createDiscoveryServer({ cache, callbacks, log: false, identifier: name });
const running = listen(server, { port, reusePort: true });
parentPort!.on("message", async (message) => {
  if (message !== "stop") return follow(message);
  await (await running).drain();
  process.exit(0); // ends this thread
});
await running;
parentPort!.postMessage(`${name}  listens on 127.0.0.1:${port}`);
