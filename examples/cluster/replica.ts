// A replica: follows the store, and serves what it has.
import process from "node:process";
import { createDiscoveryServer } from "../../mod.ts";
import { NatsStore, ReplicatedCache } from "../../src/nats/mod.ts";
import { listen, stopOnSignals } from "../../src/node/mod.ts";

const [port, copyTo, ...servers] = process.argv.slice(2);

const store = NatsStore.open({ servers, bucket: "xds", replicas: 3, heartbeatMs: 1_000 });
const cache = new ReplicatedCache(store, { nodeHash: () => "fleet", copyTo: copyTo!, onError: () => {} });
const listener = await listen(createDiscoveryServer({ cache, ready: cache.ready }), { port: Number(port) });
stopOnSignals(async () => {
  await listener.close();
  await cache.close();
  await store.close();
});
