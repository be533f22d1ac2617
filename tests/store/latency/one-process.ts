// A server without a store, which publishes itself: reads lines of JSON with a mark, and prints when it has begun.
import { createInterface } from "node:readline";
import process from "node:process";
import { createDiscoveryServer, SnapshotCache } from "../../../mod.ts";
import { listen } from "../../../src/node/mod.ts";
import { marked } from "../faults/marked.ts";

const cache = new SnapshotCache({ nodeHash: () => "fleet" });
const { port } = await listen(createDiscoveryServer({ cache, log: false }), { port: 0 });

for await (const line of createInterface({ input: process.stdin })) {
  const { mark } = JSON.parse(line) as { readonly mark?: number };
  if (mark === undefined) {
    console.log(port);
    continue;
  }
  console.log(Math.round((performance.timeOrigin + performance.now()) * 1_000));
  cache.setSnapshot("fleet", marked({ mark, size: 5 }));
}
process.exit();
