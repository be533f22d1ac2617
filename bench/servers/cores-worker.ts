import { parentPort, workerData } from "node:worker_threads";
import { createDiscoveryServer, SnapshotCache } from "../../mod.ts";
import { followSnapshots } from "../../src/entries/feed.ts";
import { listen } from "../../src/node/mod.ts";

const { port } = workerData as { readonly port: number };
const cache = new SnapshotCache({ nodeHash: () => "all" });
parentPort!.on("message", followSnapshots(cache));
await listen(createDiscoveryServer({ cache }), { port, reusePort: true });
parentPort!.postMessage("listening");
