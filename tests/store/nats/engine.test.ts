import { afterAll, beforeAll, describe, it } from "vitest";
import { NatsStore } from "../../../src/nats/mod.ts";
import { testEngine } from "../../../src/testing/mod.ts";
import { NatsServer } from "../../../examples/cluster/nats-server.ts";

let server: NatsServer;
let buckets = 0;
beforeAll(async () => {
  server = await NatsServer.start();
}, 600_000);
afterAll(() => server.remove());

testEngine({ describe, it }, {
  name: "NatsEngine",
  async create() {
    const bucket = `b${buckets++}`;
    const connect = async () => (await NatsStore.connect({ servers: server.url, bucket })).engine;
    return { engine: await connect(), connect };
  },
});
