import { jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { MissingBucket, NatsStore, ReplicatedCache } from "../../../src/nats/mod.ts";
import { NatsEngine } from "../../../src/nats/nats-engine.ts";
import { SnapshotStore } from "../../../src/store/mod.ts";
import { testCache } from "../../../src/testing/mod.ts";
import { cluster } from "../../../src/v3/mod.ts";
import { NatsServer } from "../../../examples/cluster/nats-server.ts";

let server: NatsServer;
let connection: NatsConnection;
beforeAll(async () => {
  server = await NatsServer.start();
  connection = await connect({ servers: server.url, reconnectTimeWait: 1, reconnectJitter: 0 });
}, 600_000);
afterAll(async () => {
  await connection.close();
  await server.remove();
});

let buckets = 0;

testCache({ describe, it }, {
  name: "ReplicatedCache on NATS",
  async create() {
    const store = await NatsStore.connect({ servers: server.url, bucket: `c${buckets++}` });
    const cache = new ReplicatedCache(await NatsStore.connect({ servers: server.url, bucket: `c${buckets - 1}` }));
    await cache.ready;
    return {
      cache,
      publish: async ({ node, resources }) => void await store.publish(node.id, resources),
      async close() {
        await cache.close();
        await store.close();
      },
    };
  },
});

async function consumersOf(bucket: string): Promise<number> {
  const { state } = await (await jetstreamManager(connection)).streams.info(`KV_${bucket}`);
  return state.consumer_count;
}

describe("a replica on NATS", () => {
  it("leaves no consumers and no listeners behind after 100 reconnects, and none at all once it is closed", async () => {
    const mine = await connect({
      servers: server.url,
      reconnectTimeWait: 1,
      reconnectJitter: 0,
      maxReconnectAttempts: -1,
    });
    const engine = await NatsEngine.open(mine, {
      bucket: "r",
      replicas: 1,
      storage: "memory",
      heartbeatMs: 5_000,
      create: true,
    });
    const store = new SnapshotStore(engine);
    const replica = new ReplicatedCache(store, { retryMs: 1, maxRetryMs: 5, onError: () => {} });
    await replica.ready;
    for (let i = 0; i < 100; i++) {
      const lost = vi.waitFor(() => expect(replica.status().isConnected).toBe(false), { interval: 0, timeout: 5_000 });
      await mine.reconnect();
      await lost.catch(() => {});
      await vi.waitFor(() => expect(replica.status().isConnected).toBe(true), { interval: 1, timeout: 10_000 });
    }
    await vi.waitFor(async () => expect(await consumersOf("r")).toBe(1), { timeout: 10_000 });
    const { protocol } = mine as unknown as { readonly protocol: { readonly listeners: readonly unknown[] } };
    // The watch, its messages, and the client's own.
    expect(protocol.listeners.length).toBeLessThan(5);
    await store.publish("edge", [cluster({ name: "a" })]);
    await vi.waitFor(() => expect(replica.getSnapshot("edge")).toBeDefined());
    await replica.close();
    await vi.waitFor(async () => expect(await consumersOf("r")).toBe(0));
    await mine.close();
  });

  it("notices a server that is stopped, and follows again", async () => {
    const stopped = await NatsServer.start();
    const store = await NatsStore.connect({ servers: stopped.url, bucket: "s", heartbeatMs: 500 });
    const replica = new ReplicatedCache(store, { retryMs: 10, maxRetryMs: 100, onError: () => {} });
    await replica.ready;
    stopped.suspend();
    await vi.waitFor(() => expect(replica.status().isConnected).toBe(false), { timeout: 10_000 });
    stopped.resume();
    await vi.waitFor(() => expect(replica.status().isConnected).toBe(true), { timeout: 20_000 });
    await replica.close();
    await store.close();
    await stopped.remove();
  });
});

describe("NatsStore", () => {
  it("says that it was closed, and refuses what comes later", async () => {
    const store = await NatsStore.connect({ servers: server.url, bucket: "x" });
    await store.close();
    expect(await store.closed).toBeUndefined();
    await expect(store.get("edge")).rejects.toThrow("The store was closed");
  });

  it("opens a bucket that was made with other options, and leaves it as it is", async () => {
    const first = await NatsStore.connect({ servers: server.url, bucket: "o", storage: "memory" });
    const second = await NatsStore.connect({ servers: server.url, bucket: "o" });
    await first.publish("edge", [cluster({ name: "a" })]);
    expect((await second.get("edge")).snapshot).toBeDefined();
    const { config } = await (await jetstreamManager(connection)).streams.info("KV_o");
    expect(config.storage).toBe("memory");
    await first.close();
    await second.close();
  });

  it("makes no bucket if it is not to", async () => {
    const store = NatsStore.open({ servers: server.url, bucket: "none", create: false });
    await expect(store.get("edge")).rejects.toThrow(MissingBucket);
    await expect(store.get("edge")).rejects.toThrow('Cannot open the bucket "none": it does not exist');
    const made = await NatsStore.connect({ servers: server.url, bucket: "none" });
    expect((await store.get("edge")).revision).toBe(0);
    await made.close();
    await store.close();
  });

  it("names the servers that cannot be reached, without passwords", async () => {
    const options = { servers: "nats://me:secret@127.0.0.1:1", bucket: "x", timeoutMs: 500 };
    const error = await NatsStore.connect(options).catch((each) => each);
    expect(error.message).toBe("Cannot connect to NATS at nats://127.0.0.1:1: connection refused");
  });
});
