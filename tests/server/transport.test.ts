import { Code, ConnectError } from "@connectrpc/connect";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { LinearCache } from "../../src/cache/mod.ts";
import { listen, type ListenOptions, type RunningServer } from "../../src/node/mod.ts";
import { rawResource } from "../../src/resource/mod.ts";
import {
  createDiscoveryServer,
  type DiscoveryCallbacks,
  type DiscoveryServer,
  type DiscoveryServerOptions,
} from "../../src/server/mod.ts";
import { DELTA_PATH, frame, RawClient, type RawStream, SOTW_PATH, sotwRequest } from "./raw-client.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const CLUSTER = "type.googleapis.com/envoy.config.cluster.v3.Cluster";

describe("transport", () => {
  it("serves, accepts an ACK and pushes a change", async () => {
    await using served = await serve();
    await using client = served.client();
    const stream = client.open();
    stream.send(sotwRequest({ type: CLUSTER, nodeId: "n" }));
    const first = await stream.received(1);
    expect(first.resources).toBe(1);
    stream.send(sotwRequest({ type: CLUSTER, nonce: first.nonce, version: first.version }));
    served.cache.apply({ update: [cluster("b")] });
    expect((await stream.received(2)).resources).toBe(2);
    expect(served.server.streams[0]).toMatchObject({ variant: "sotw", typeUrl: undefined });
    expect(served.server.streams[0]?.peer).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(served.server.streams[0]?.node?.id).toBe("n");
  });

  it("T8 ends a half-closed stream with OK, after its pending responses", async () => {
    await using served = await serve();
    await using client = served.client();
    const stream = client.open();
    stream.http.end(frame(sotwRequest({ type: CLUSTER, nodeId: "n" })));
    const end = await stream.ended;
    expect(end).toMatchObject({ ":status": 200, "grpc-status": "0", "content-type": "application/grpc" });
    expect(stream.responses).toHaveLength(1);
    expect(served.server.streams).toEqual([]);
    expect(served.closed).toEqual([undefined]);
  });

  it("responds in the content type of the request, and never compressed", async () => {
    await using served = await serve();
    await using client = served.client();
    const stream = client.open({ "content-type": "application/grpc+proto", "grpc-accept-encoding": "gzip" });
    stream.http.end(frame(sotwRequest({ type: CLUSTER, nodeId: "n" })));
    const end = await stream.ended;
    expect(end["content-type"]).toBe("application/grpc+proto");
    expect(end["grpc-encoding"]).toBeUndefined();
  });

  // S-01
  it.each(["a:99999", "%", "[", "xDS:Cluster", "a".repeat(60_000)])(
    "survives the authority %.20s",
    async (authority) => {
      await using served = await serve();
      await using client = served.client();
      const end = await client.open({ ":authority": authority }).ended;
      if (end[":status"] !== undefined) expect(end).toMatchObject({ ":status": 200, "grpc-status": "3" });
      const plain = await client.open({ ":authority": authority, "content-type": "text/plain" }).ended;
      if (plain[":status"] !== undefined) expect(plain).toMatchObject({ ":status": 400 });
      await expectAlive(served);
    },
  );

  //
  it("refuses a claim of 4 GiB without waiting for it", async () => {
    await using served = await serve();
    await using client = served.client();
    const stream = client.open();
    stream.http.write(Uint8Array.of(0, 255, 255, 255, 255));
    expect((await stream.ended)["grpc-status"]).toBe("8");
    expect(ConnectError.from(served.closed[0]).code).toBe(Code.ResourceExhausted);
  });

  it("closes a stream whose client continues to send after its end", async () => {
    await using served = await serve();
    await using client = served.client();
    const stream = client.open();
    stream.http.write(Uint8Array.of(1, 0, 0, 0, 0));
    expect((await stream.ended)["grpc-status"]).toBe("12");
    const closed = new Promise((resolve) => stream.http.once("close", resolve));
    stream.http.write(new Uint8Array(1000));
    await closed;
  });

  //
  it("reads a request in chunks of one byte", async () => {
    await using served = await serve();
    await using client = served.client();
    const stream = client.open();
    const bytes = frame(sotwRequest({ type: CLUSTER, nodeId: "n".repeat(2000) }));
    for (const byte of bytes) stream.http.write(Uint8Array.of(byte));
    expect((await stream.received(1)).resources).toBe(1);
  });

  it("ends a stream whose request stays incomplete", async () => {
    await using served = await serve({ requestTimeoutMs: 50 });
    await using client = served.client();
    const stream = client.open();
    stream.http.write(Uint8Array.of(0, 0, 0));
    expect((await stream.ended)["grpc-status"]).toBe("4");
  });

  it("ends a stream on which no request arrives", async () => {
    await using served = await serve({ firstRequestTimeoutMs: 50 });
    await using client = served.client();
    const silent = client.open();
    const begun = client.open();
    begun.send(sotwRequest({ type: CLUSTER, nodeId: "n" }));
    expect(await silent.ended).toMatchObject({
      "grpc-status": "4",
      "grpc-message": "Client%20has%20sent%20no%20request%20for%2050%20ms",
    });
    await until(() => served.server.streams.length === 1);
    expect((await begun.received(1)).resources).toBe(1);
  });

  it("ends a stream that half-closes inside a message", async () => {
    await using served = await serve();
    await using client = served.client();
    const stream = client.open();
    stream.http.end(Uint8Array.of(0, 0, 0));
    expect((await stream.ended)["grpc-status"]).toBe("3");
  });

  //
  it.each(["99999999H", "99999999n", "soon", "-1S", ""])(
    "does not end a stream early for grpc-timeout %s",
    async (value) => {
      await using served = await serve();
      await using client = served.client();
      const stream = client.open({ "grpc-timeout": value });
      stream.send(sotwRequest({ type: CLUSTER, nodeId: "n" }));
      expect((await stream.received(1)).resources).toBe(1);
    },
  );

  it("ends a stream at its grpc-timeout", async () => {
    await using served = await serve();
    await using client = served.client();
    expect((await client.open({ "grpc-timeout": "20m" }).ended)["grpc-status"]).toBe("4");
    expect(served.server.streams).toEqual([]);
  });

  it("sends the reason of a refusal", async () => {
    await using served = await serve();
    await using client = served.client();
    const stream = client.open();
    stream.send(sotwRequest({ type: CLUSTER }));
    const end = await stream.ended;
    expect(end["grpc-status"]).toBe("3");
    expect(decodeURIComponent(String(end["grpc-message"]))).toContain("node");
  });

  it.each([
    ["an unknown method", { ":path": "/envoy.service.discovery.v3.AggregatedDiscoveryService/X" }, "12"],
    ["an unknown service", { ":path": "/x" }, "12"],
  ])("responds UNIMPLEMENTED to %s", async (_, headers, status) => {
    await using served = await serve();
    await using client = served.client();
    expect(await client.open(headers).ended).toMatchObject({ ":status": 200, "grpc-status": status });
  });

  it.each([
    [404, { ":path": "/x", "content-type": "text/html" }],
    [415, { "content-type": "application/json" }],
    [415, { "content-type": "application/grpc-web+proto" }],
    [415, { "content-type": "application/grpc+json" }],
    [405, { ":method": "PUT" }],
  ])("responds %i to %o", async (status, headers) => {
    await using served = await serve();
    await using client = served.client();
    expect((await client.open(headers).ended)[":status"]).toBe(status);
    expect(served.server.streams).toEqual([]);
  });

  it("frees a stream that the client resets, once", async () => {
    await using served = await serve();
    await using client = served.client();
    const stream = client.open({ ":path": DELTA_PATH });
    stream.http.write(frame(new Uint8Array()).subarray(0, 2));
    await until(() => served.server.streams.length === 1);
    stream.http.close(8);
    await until(() => served.closed.length > 0);
    client.session.destroy();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(served.closed).toHaveLength(1);
    expect(ConnectError.from(served.closed[0]).code).toBe(Code.Canceled);
    expect(served.server.streams).toEqual([]);
  });

  it.each([
    ["resets its stream", ({ http }: RawStream) => http.close(8)],
    ["drops its connection", ({ http }: RawStream) => http.session!.destroy()],
  ])("prints nothing when a client %s in the middle of a response", async (_, leave) => {
    const printed = vi.spyOn(console, "error");
    onTestFinished(() => printed.mockRestore());
    await using served = await serve();
    await using client = served.client();
    served.cache.apply({ update: [bulky("big", 0)] });
    const stream = client.open();
    stream.http.pause();
    stream.send(sotwRequest({ type: CLUSTER, nodeId: "n" }));
    await until(() => served.sent > 0);
    leave(stream);
    await until(() => served.closed.length > 0);
    // Promises that print an error when they reject have done so by then.
    await new Promise((resolve) => setImmediate(resolve));
    expect(ConnectError.from(served.closed[0]).code).toBe(Code.Canceled);
    expect(printed).not.toHaveBeenCalled();
  });

  it("T12 D22 a client that stalls costs one response, and then gets the latest", async () => {
    const publications = 100;
    await using served = await serve();
    await using client = served.client();
    served.cache.apply({ update: [bulky("big", 0)] });
    const stream = client.open();
    stream.http.pause();
    stream.send(sotwRequest({ type: CLUSTER, nodeId: "n" }));
    await until(() => served.sent > 0);
    const before = await retained();
    for (let i = 1; i <= publications; i++) {
      served.cache.apply({ update: [bulky("big", i)] });
      await new Promise((resolve) => setImmediate(resolve));
    }
    // A queue of all of them would be 100 times the size.
    expect(await retained() - before).toBeLessThan(10 * BULK);
    expect(served.sent).toBe(1);
    stream.http.resume();
    const first = await stream.received(1);
    stream.send(sotwRequest({ type: CLUSTER, nonce: first.nonce, version: first.version }));
    expect((await stream.received(2)).version).toBe(served.cache.version);
    await expectAlive(served);
    expect(stream.responses).toHaveLength(2);
  });
});

describe("a client that does not read", () => {
  it("D-02 is closed, affects no other stream, and leaves no memory behind", async () => {
    await using served = await serve({ stallTimeoutMs: 100 });
    await using client = served.client();
    served.cache.apply({ update: [rawResource(CLUSTER, "big", new Uint8Array(1_000_000))] });
    // Its data is not read, so that no more is sent than its window allows.
    const stalled = client.session.request({
      ":method": "POST",
      ":path": SOTW_PATH,
      "content-type": "application/grpc",
    });
    stalled.on("error", () => {});
    stalled.write(frame(sotwRequest({ type: CLUSTER, nodeId: "n" })));
    await until(() => served.server.status().unsent.bytes > 1_000_000);
    await until(() => served.closed.length === 1);
    expect(ConnectError.from(served.closed[0]).code).toBe(Code.ResourceExhausted);
    expect(served.server.status().unsent).toEqual({ streams: 0, bytes: 0, stalledClosed: 1 });
    // A client that shares a busy process with the server may be slow to read more.
    served.cache.apply({ update: [cluster("small")], remove: ["big"] });
    await expectAlive(served);
  });

  it("D-01b buffers no more than maxUnsentBytes, and gets the latest when it reads again", async () => {
    await using served = await serve({ maxUnsentBytes: 2_000_000, stallTimeoutMs: 60_000 });
    await using client = served.client();
    served.cache.apply({ update: [rawResource(CLUSTER, "big", new Uint8Array(1_500_000))] });
    const [first, second] = [client.open(), client.open()];
    for (const { http } of [first, second]) http.pause();
    first.send(sotwRequest({ type: CLUSTER, nodeId: "n" }));
    await until(() => served.server.status().unsent.bytes > 1_500_000);
    served.cache.apply({ update: [rawResource(CLUSTER, "big", new Uint8Array(1_600_000))] });
    second.send(sotwRequest({ type: CLUSTER, nodeId: "n" }));
    await until(() => served.server.status().unsent.streams === 2);
    served.cache.apply({ update: [rawResource(CLUSTER, "big", new Uint8Array(1_700_000))] });
    const third = client.open();
    third.send(sotwRequest({ type: CLUSTER, nodeId: "n" }));
    for (const { http } of [first, second]) http.resume();
    const { version } = await third.received(1);
    expect(version).toBe(served.cache.version);
    expect(served.closed).toEqual([]);
  });
});

describe("callbacks", () => {
  it("refuse a stream with a ConnectError of their own", async () => {
    await using served = await serve({}, {
      onStreamOpen() {
        throw new ConnectError("unknown client?", Code.Unauthenticated);
      },
    });
    await using client = served.client();
    expect(await client.open().ended).toMatchObject({ "grpc-status": "16", "grpc-message": "unknown%20client%3F" });
    expect(served.closed).toHaveLength(1);
    expect(served.errors).toEqual([]);
  });

  it.each(["onStreamOpen", "onRequest"] as const)("end the stream with a fixed text if %s throws", async (name) => {
    await using served = await serve({}, {
      [name]() {
        throw new Error("the secret is 42");
      },
    });
    await using client = served.client();
    const stream = client.open();
    stream.send(sotwRequest({ type: CLUSTER, nodeId: "n" }));
    expect(await stream.ended).toMatchObject({ "grpc-status": "13", "grpc-message": "Internal%20error" });
    expect(served.closed).toHaveLength(1);
    expect(served.errors).toEqual([new Error("the secret is 42")]);
  });

  it("may throw or reject anywhere else", async () => {
    function fail(): never {
      throw new Error("no");
    }
    const callbacks: DiscoveryCallbacks = {
      onResponse: fail,
      onAck: () => Promise.reject(new Error("later")) as unknown as undefined,
      onNack: fail,
    };
    await using served = await serve({}, callbacks);
    await using client = served.client();
    const stream = client.open();
    stream.send(sotwRequest({ type: CLUSTER, nodeId: "n" }));
    const { nonce, version } = await stream.received(1);
    stream.send(sotwRequest({ type: CLUSTER, nonce, version }));
    await until(() => served.errors.length === 2);
    await expectAlive(served);
  });
});

describe("shutting down", () => {
  it("T9 drain() ends streams with UNAVAILABLE and closes", async () => {
    await using served = await serve();
    await using client = served.client();
    const streams = Array.from({ length: 20 }, () => client.open());
    await until(() => served.server.streams.length === 20);
    const start = performance.now();
    await Promise.all([served.running.drain({ overMs: 200 }), served.running.drain()]);
    expect(performance.now() - start).toBeGreaterThan(100);
    for (const stream of streams) expect((await stream.ended)["grpc-status"]).toBe("14");
    await expect(rejects(served.client())).resolves.toBe(true);
  });

  it("drain() does not wait without open streams", async () => {
    await using served = await serve();
    await using client = served.client();
    await expectAlive(served);
    // Longer than this test may take.
    await served.running.drain({ overMs: 600_000 });
    expect(client.session.closed || client.session.destroyed).toBe(true);
  });

  it("close() ends everything at once, also during drain()", async () => {
    const served = await serve();
    await using client = served.client();
    const stream = client.open();
    await until(() => served.server.streams.length === 1);
    const draining = served.running.drain({ overMs: 60_000 });
    await served.running.close();
    await draining;
    await stream.ended;
    await until(() => served.server.streams.length === 0);
  });

  it("a closed server refuses streams", async () => {
    await using served = await serve();
    served.server.close();
    await using client = served.client();
    expect((await client.open().ended)["grpc-status"]).toBe("14");
  });
});

interface Served extends AsyncDisposable {
  readonly server: DiscoveryServer;
  readonly running: RunningServer;
  readonly cache: LinearCache;
  /** The errors that `onStreamClose` got. */
  readonly closed: unknown[];
  /** The errors that `onError` got. */
  readonly errors: unknown[];
  /** How many responses were sent. */
  readonly sent: number;
  client(): RawClient;
}

async function serve(
  options: Partial<DiscoveryServerOptions> = {},
  callbacks: DiscoveryCallbacks = {},
  listenOptions: ListenOptions = {},
): Promise<Served> {
  const cache = new LinearCache(CLUSTER, { resources: [cluster("a")] });
  const closed: unknown[] = [];
  const errors: unknown[] = [];
  let sent = 0;
  const server = createDiscoveryServer({
    cache,
    log: false,
    ...options,
    callbacks: {
      onStreamClose: (_, error) => void closed.push(error),
      onError: (error) => void errors.push(error),
      onResponse: () => void sent++,
      ...callbacks,
    },
  });
  const running = await listen(server, { port: 0, ...listenOptions });
  return {
    server,
    running,
    cache,
    closed,
    errors,
    get sent() {
      return sent;
    },
    client: () => new RawClient(`http://127.0.0.1:${running.port}`),
    [Symbol.asyncDispose]: () => running.close(),
  };
}

/** More than fits into the windows and buffers of a connection, in bytes. */
const BULK = 2 ** 21;

function bulky(name: string, content: number) {
  return rawResource(CLUSTER, name, new Uint8Array(BULK).fill(content), { version: String(content) });
}

/** The memory in use after garbage collection, in bytes. */
async function retained(): Promise<number> {
  collect();
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function cluster(name: string) {
  const bytes = new TextEncoder().encode(name);
  return rawResource(CLUSTER, name, Uint8Array.of(10, bytes.length, ...bytes));
}

async function expectAlive(served: Served): Promise<void> {
  await using client = served.client();
  const stream = client.open();
  stream.http.end(frame(sotwRequest({ type: CLUSTER, nodeId: "n" })));
  expect((await stream.ended)["grpc-status"]).toBe("0");
}

async function rejects(client: RawClient): Promise<boolean> {
  await using _ = client;
  return await new Promise((resolve) => {
    client.session.once("error", () => resolve(true));
    client.session.once("connect", () => resolve(false));
  });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
