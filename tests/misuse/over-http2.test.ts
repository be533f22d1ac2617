import { afterEach, describe, expect, it } from "vitest";
import { type Cache, type DiscoveryCallbacks, LinearCache } from "../../mod.ts";
import { listen } from "../../src/node/mod.ts";
import { createDiscoveryServer, type DiscoveryServer } from "../../src/server/mod.ts";
import { cluster, CLUSTER_TYPE } from "../../src/v3/mod.ts";
import { RawClient, type RawStream, sotwRequest } from "../server/raw-client.ts";

const unhandled: unknown[] = [];
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => void unhandled.push(error));
}
afterEach(() => expect(unhandled.splice(0)).toEqual([]));

const NAMES = ["onStreamOpen", "onRequest", "onResponse", "onAck", "onNack"] as const;

const ACTIONS: Readonly<Record<string, (server: DiscoveryServer, stream: RawStream) => unknown>> = {
  "closes the server": (server) => server.close(),
  "drains the server": (server) => void server.drain({ overMs: 0 }),
  "resets its client": (_, stream) => stream.http.close(8),
  "drops the connection of its client": (_, stream) => stream.http.session?.destroy(),
  "rejects": () => Promise.reject(new Error("A fault")),
};

/** `routes` alone is served by the adapters of Connect. */
const WAYS: Readonly<Record<string, (server: DiscoveryServer) => DiscoveryServer>> = {
  "past the router": (server) => server,
  "by the router": ({ routes }) => ({ routes }) as DiscoveryServer,
};

describe.each(Object.entries(WAYS))("P-01 over HTTP/2, %s", (_, way) => {
  describe.each(NAMES)("%s", (name) => {
    it.each(Object.entries(ACTIONS))("that %s leaves nothing behind", async (_action, act) => {
      let watches = 0;
      const current: { stream?: RawStream } = {};
      const cache = new LinearCache(CLUSTER_TYPE, { resources: [cluster({ name: "a" })] });
      const counted: Cache = {
        watch(request, watcher) {
          const watch = cache.watch(request, watcher);
          watches++;
          return { ...watch, close: () => (watches--, watch.close()) };
        },
      };
      const called: string[] = [];
      const closed: number[] = [];
      const callbacks: DiscoveryCallbacks = {
        [name]: () => {
          called.push(name);
          return act(server, current.stream!);
        },
        onStreamClose: ({ id }) => void closed.push(id),
      };
      const server: DiscoveryServer = createDiscoveryServer({ cache: counted, callbacks, log: false });
      await using running = await listen(way(server), { port: 0 });
      await using client = new RawClient(`http://127.0.0.1:${running.port}`);
      const stream = current.stream = client.open();
      stream.send(sotwRequest({ type: CLUSTER_TYPE, nodeId: "n" }));
      await Promise.race([acknowledge(stream, name), stream.ended]);
      await expect.poll(() => called.length).toBeGreaterThan(0);
      stream.http.close();
      await expect.poll(() => [watches, server.streams.length, closed.length]).toEqual([0, 0, 1]);
      await expect.poll(() => server.status().unsent).toMatchObject({ streams: 0, bytes: 0 });
    });
  });
});

/** Waits for the response, and rejects it where that is called for. */
async function acknowledge(stream: RawStream, name: string): Promise<void> {
  const { nonce } = await stream.received(1);
  const request = sotwRequest({ type: CLUSTER_TYPE, nonce });
  // `error_detail` is field 6, with a message in field 2.
  stream.send(name === "onNack" ? Uint8Array.of(...request, 50, 4, 18, 2, 110, 111) : request);
}
