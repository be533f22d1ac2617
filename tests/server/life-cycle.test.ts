import { once } from "node:events";
import type { ClientHttp2Session } from "node:http2";
import { describe, expect, it, onTestFinished } from "vitest";
import { LinearCache } from "../../src/cache/mod.ts";
import { listen, type ListenOptions } from "../../src/node/mod.ts";
import { rawResource } from "../../src/resource/mod.ts";
import { createDiscoveryServer, type DiscoveryServerOptions } from "../../src/server/mod.ts";
import { CLUSTER_TYPE } from "../../src/v3/mod.ts";
import { RawClient, type RawStream, SOTW_PATH, sotwRequest } from "./raw-client.ts";

const REQUEST = sotwRequest({ type: CLUSTER_TYPE, nodeId: "n" });
const A = rawResource(CLUSTER_TYPE, "a", Uint8Array.of(10, 1, 97));

/** Past the router, and by it. */
const PATHS = [["transport of listen()", SOTW_PATH], ["router", `${SOTW_PATH}?by=router`]] as const;

describe.each(PATHS)("before the configuration is loaded, by the %s", (_, path) => {
  it("D-11 a stream waits, unread, and is never sent an empty set", async () => {
    const loaded = Promise.withResolvers<void>();
    const { cache, server, client } = await serve({ ready: loaded.promise, maxRequestBytes: 100 });
    const stream = client().open({ ":path": path });
    stream.send(REQUEST);
    await until(() => server.status().queue.streams === 1);
    expect(server.status()).toMatchObject({ ready: false, streams: [] });
    expect(server.status().queue.bytes).toBeGreaterThan(1_000);
    cache.apply({ update: [A] });
    loaded.resolve();
    expect(await stream.received(1)).toMatchObject({ resources: 1 });
    expect(stream.responses).toHaveLength(1);
    expect(server.status()).toMatchObject({ ready: true, queue: { streams: 0, bytes: 0 } });
  });

  it("D-11 a stream that waits for too long ends with UNAVAILABLE, and its client is led elsewhere", async () => {
    const { server, client } = await serve({ ready: new Promise(() => {}), queueTimeoutMs: 100 });
    const connection = client();
    const goAway = goAwayOf(connection.session);
    const stream = connection.open({ ":path": path });
    stream.send(REQUEST);
    const text = "Cannot open stream: the configuration is not loaded yet (queueTimeoutMs)";
    expect(await statusOf(stream)).toEqual(["14", text]);
    if (path === SOTW_PATH) await goAway;
    expect(server.status()).toMatchObject({ queue: { streams: 0 }, limits: { queueTimeoutMs: 1 } });
  });

  it.each(path === SOTW_PATH ? [0, 8] : [8])("forgets a stream that its client resets with code %s", async (code) => {
    const { server, client } = await serve({ ready: new Promise(() => {}) });
    const stream = client().open({ ":path": path });
    stream.send(REQUEST);
    await until(() => server.status().queue.streams === 1);
    stream.http.close(code);
    await until(() => server.status().queue.streams === 0);
  });
});

describe("before the configuration is loaded", () => {
  it("D-11 a poll gets 503, and is served afterwards", async () => {
    const loaded = Promise.withResolvers<void>();
    const { server } = await serve({ ready: loaded.promise });
    const poll = () => {
      const body = JSON.stringify({ node: { id: "n" } });
      const headers = { "content-type": "application/json" };
      return server.fetch(new Request("http://localhost/v3/discovery:clusters", { method: "POST", headers, body }));
    };
    const refused = await poll();
    expect([refused.status, await refused.text()]).toEqual([
      503,
      "Cannot respond: the configuration is not loaded yet\n",
    ]);
    expect(server.status().polls).toEqual({ waiting: 0, refused: 1 });
    loaded.resolve();
    await loaded.promise;
    expect((await poll()).status).toBe(200);
  });

  it("D-11 a rejection goes to onError, and clients are never served", async () => {
    const errors: unknown[] = [];
    const fault = new Error("no backend");
    const { server, client } = await serve({
      ready: Promise.reject(fault),
      queueTimeoutMs: 50,
      callbacks: { onError: (error) => void errors.push(error) },
    });
    const stream = client().open();
    stream.send(REQUEST);
    expect((await statusOf(stream))[0]).toBe("14");
    expect([errors, server.status().ready]).toEqual([[fault], false]);
  });

  it("D-11 a stream that waits ends when the server drains, and the server ends with it", async () => {
    const { running, server, client } = await serve({ ready: new Promise(() => {}) });
    const stream = client().open();
    stream.send(REQUEST);
    await until(() => server.status().queue.streams === 1);
    await running.drain({ overMs: 10 });
    expect(await statusOf(stream)).toEqual(["14", "Server is shutting down"]);
  });
});

describe("maxStreams", () => {
  it("refuses a stream with UNAVAILABLE and its name, leads the client elsewhere, and leaves the others", async () => {
    const { cache, server, client } = await serve({ maxStreams: 1 });
    cache.apply({ update: [A] });
    const connection = client();
    const goAway = goAwayOf(connection.session);
    const first = connection.open();
    first.send(REQUEST);
    const { nonce, version } = await first.received(1);
    first.send(sotwRequest({ type: CLUSTER_TYPE, nonce, version }));
    const second = connection.open();
    second.send(REQUEST);
    const text = "Cannot open stream: this server has the 1 streams that it may have (maxStreams)";
    expect(await statusOf(second)).toEqual(["14", text]);
    expect(await goAway).toBe(0);
    cache.apply({ update: [rawResource(CLUSTER_TYPE, "b", Uint8Array.of(10, 1, 98))] });
    expect(await first.received(2)).toMatchObject({ resources: 2 });
    expect(server.status()).toMatchObject({ limits: { maxStreams: 1 }, streams: { length: 1 } });
    first.http.end();
    await first.ended;
    await until(() => server.streams.length === 0);
    const third = client().open();
    third.send(REQUEST);
    await third.received(1);
  });
});

describe("a maxStreams that throws", () => {
  it("P-01 is a fault, which ends the stream and goes to onError", async () => {
    const fault = new Error("no share");
    const errors: unknown[] = [];
    const maxStreams = () => {
      throw fault;
    };
    const { client } = await serve({ maxStreams, callbacks: { onError: (error) => void errors.push(error) } });
    const stream = client().open();
    stream.send(REQUEST);
    expect(await statusOf(stream)).toEqual(["13", "Internal error"]);
    expect(errors).toEqual([fault]);
  });
});

describe("newStreamsPerSecond", () => {
  it("D-05 serves all streams of a storm, later ones later", async () => {
    const { cache, server, client } = await serve({ newStreamsPerSecond: 50 });
    cache.apply({ update: [A] });
    const connection = client();
    const streams = Array.from({ length: 20 }, () => connection.open());
    for (const stream of streams) stream.send(REQUEST);
    await until(() => server.status().queue.streams > 0);
    await Promise.all(streams.map((stream) => stream.received(1)));
    expect(server.status()).toMatchObject({ queue: { streams: 0 }, streams: { length: 20 } });
    expect(server.status().limits.newStreamsPerSecond).toBeGreaterThanOrEqual(10);
  });
});

describe("maxConnectionAgeMs", () => {
  it("sends GOAWAY, then ends the streams with UNAVAILABLE, and the client's next connection is served", async () => {
    const { cache, server, client } = await serve({}, { maxConnectionAgeMs: 200, maxConnectionAgeGraceMs: 200 });
    cache.apply({ update: [A] });
    const connection = client();
    const order: string[] = [];
    void goAwayOf(connection.session).then((code) => order.push(`GOAWAY ${code}`));
    const streams = [connection.open(), connection.open()];
    const ended = Promise.all(streams.map(async (stream) => {
      stream.send(REQUEST);
      const [status, text] = await statusOf(stream);
      order.push(`${status} ${text}`);
    }));
    await ended;
    const text = "14 Cannot continue stream: its connection has become too old; connect again";
    expect(order).toEqual(["GOAWAY 0", text, text]);
    expect(streams.map(({ responses }) => responses.length)).toEqual([1, 1]);
    expect(server.status()).toMatchObject({ connections: { aged: 1 }, limits: { maxConnectionAgeMs: 1 } });
    await until(() => server.status().connections.open === 0);
    const next = client().open();
    next.send(REQUEST);
    await next.received(1);
  });

  it("lets a poll that waits have its response in the grace", async () => {
    const options = { maxConnectionAgeMs: 100, maxConnectionAgeGraceMs: 5_000 };
    const { cache, client } = await serve({ longPollMs: 400 }, options);
    cache.apply({ update: [A] });
    const poll = client().open({ ":path": "/v3/discovery:clusters", "content-type": "application/json" });
    poll.http.end(JSON.stringify({ node: { id: "n" }, versionInfo: cache.version }));
    expect(await poll.ended).toMatchObject({ ":status": 304 });
  });

  it("closes a connection whose client keeps it open", async () => {
    const { server, client } = await serve({ longPollMs: 60_000 }, {
      maxConnectionAgeMs: 50,
      maxConnectionAgeGraceMs: 50,
    });
    const poll = client().open({ ":path": "/v3/discovery:clusters", "content-type": "application/json" });
    poll.http.write("{"); // never ends
    await until(() => server.status().connections.aged === 1);
    await until(() => server.status().connections.open === 0);
  });

  it("is off by default", async () => {
    const { server, client } = await serve({});
    const stream = client().open();
    stream.send(REQUEST);
    await until(() => server.streams.length === 1);
    expect(server.status().connections.aged).toBe(0);
  });
});

async function serve(options: Partial<DiscoveryServerOptions>, listenOptions: ListenOptions = {}) {
  const cache = new LinearCache(CLUSTER_TYPE);
  const server = createDiscoveryServer({ cache, log: false, ...options });
  const running = await listen(server, { port: 0, ...listenOptions });
  onTestFinished(() => running.close());
  function client(): RawClient {
    const made = new RawClient(`http://127.0.0.1:${running.port}`);
    onTestFinished(() => void made.session.destroy());
    return made;
  }
  return { cache, server, running, client };
}

async function statusOf(stream: RawStream) {
  const { "grpc-status": status, "grpc-message": message } = await stream.ended;
  return [status, decodeURIComponent(`${message}`)];
}

async function goAwayOf(session: ClientHttp2Session): Promise<number> {
  const [code] = await once(session, "goaway");
  return code;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
