import { createServer as createHttp1, request as requestHttp1 } from "node:http";
import { type ClientHttp2Stream, constants } from "node:http2";
import type { AddressInfo } from "node:net";
import { createConnectRouter } from "@connectrpc/connect";
import type { UniversalServerRequest } from "@connectrpc/connect/protocol";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { LinearCache } from "../../src/cache/mod.ts";
import { listen, restListener } from "../../src/node/mod.ts";
import { rawResource, Resource } from "../../src/resource/mod.ts";
import { createDiscoveryServer, type DiscoveryServer, type DiscoveryServerOptions } from "../../src/server/mod.ts";
import { cluster, CLUSTER_TYPE } from "../../src/v3/mod.ts";
import { frame, RawClient, SOTW_PATH, sotwRequest } from "./raw-client.ts";

const FETCH_PATH = "/envoy.service.cluster.v3.ClusterDiscoveryService/FetchClusters";
const REST_PATH = "/v3/discovery:clusters";
const REST_BODY = JSON.stringify({ node: { id: "n" } });
/** More than the windows and buffers of a connection hold, in bytes. */
const BULK = 8_000_000;

/** Sends a request, and reads nothing of its response. */
type Ask = (server: DiscoveryServer) => Promise<{ readonly reset: Promise<unknown> }>;

/** A stream of HTTP/2 whose response is not read, and what its client sends. */
function overHttp2(path: string, send: (http: ClientHttp2Stream) => void, headers: Record<string, string> = {}): Ask {
  return async (server) => {
    const running = await listen(server, { port: 0 });
    const client = new RawClient(`http://127.0.0.1:${running.port}`);
    onTestFinished(async () => {
      await client[Symbol.asyncDispose]();
      await running.close();
    });
    const type = path === REST_PATH ? "application/json" : "application/grpc";
    const http = client.session.request({ ":method": "POST", ":path": path, "content-type": type, ...headers });
    http.on("error", () => {});
    send(http);
    return { reset: new Promise((resolve) => http.once("close", () => resolve(http.rstCode))) };
  };
}

async function overHttp1(server: DiscoveryServer): Promise<{ readonly reset: Promise<unknown> }> {
  const http = createHttp1(restListener(server));
  await new Promise<void>((resolve) => void http.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void http.closeAllConnections());
  onTestFinished(() => void http.close());
  const { port } = http.address() as AddressInfo;
  const headers = { "content-type": "application/json" };
  const request = requestHttp1({ host: "127.0.0.1", port, path: REST_PATH, method: "POST", headers });
  // Paused, the client does not notice it.
  const reset = new Promise((resolve) => {
    http.once("connection", (socket) => socket.once("close", () => resolve(constants.NGHTTP2_ENHANCE_YOUR_CALM)));
  });
  request.on("error", () => {}).on("response", (response) => response.pause().on("error", () => {})).end(REST_BODY);
  return { reset };
}

async function overFetch(server: DiscoveryServer): Promise<{ readonly reset: Promise<unknown> }> {
  const request = new Request(`http://localhost${REST_PATH}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: REST_BODY,
  });
  const reader = (await server.fetch(request)).body!.getReader();
  return { reset: reader.closed.then(() => 0, () => constants.NGHTTP2_ENHANCE_YOUR_CALM) };
}

const request = frame(sotwRequest({ type: CLUSTER_TYPE, nodeId: "n" }));
const POLLS: readonly (readonly [string, Ask])[] = [
  ["REST over HTTP/2", overHttp2(REST_PATH, (http) => void http.end(REST_BODY))],
  ["REST over HTTP/1.1", overHttp1],
  ["REST by fetch", overFetch],
  ["unary gRPC", overHttp2(FETCH_PATH, (http) => void http.end(request))],
];

describe.each(POLLS)("a poll whose client reads nothing: %s", (_, ask) => {
  it("D-02 is in the budget of unread bytes, and is reset when it stalls", async () => {
    const server = serve({ stallTimeoutMs: 100 });
    const { reset } = await ask(server);
    await until(() => server.status().unsent.bytes >= BULK);
    expect(await reset).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    expect(server.status().unsent).toEqual({ streams: 0, bytes: 0, stalledClosed: 1 });
  });

  it("D-01b is refused while the budget is spent", async () => {
    const server = serve({ maxUnsentBytes: BULK });
    await ask(server);
    await until(() => server.status().unsent.bytes >= BULK);
    expect(await pollOnce(server)).toEqual([503, "Cannot respond: clients have too many bytes unread, poll later\n"]);
  });
});

it("D-02 a refusal that is not read is reset, short as it is", async () => {
  const server = serve({ stallTimeoutMs: 100 });
  const running = await listen(server, { port: 0 });
  onTestFinished(() => running.close());
  await using client = new RawClient(`http://127.0.0.1:${running.port}`, { settings: { initialWindowSize: 0 } });
  const headers = { ":method": "POST", ":path": REST_PATH, "content-type": "application/json" };
  const http = client.session.request(headers).on("error", () => {}).end("{}");
  await new Promise((resolve) => http.once("close", resolve));
  expect(http.rstCode).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  expect(server.status().unsent).toEqual({ streams: 0, bytes: 0, stalledClosed: 1 });
});

it.each([
  ["REST", pollOnce],
  ["Connect", fetchOnce],
])("D-01b polls that wait for one publication do not spend the budget at once: %s", async (_, poll) => {
  const cache = new LinearCache(CLUSTER_TYPE, { resources: [cluster({ name: "a" })] });
  const watch = vi.spyOn(cache, "watch");
  const server = createDiscoveryServer({ cache, log: false, longPollMs: 60_000, maxUnsentBytes: 1 });
  const version_info = cache.version;
  const polls = Array.from({ length: 5 }, () => poll(server, { version_info }));
  await vi.waitFor(() => expect(watch).toHaveBeenCalledTimes(5));
  await new Promise((resolve) => setTimeout(resolve));
  cache.apply({ update: [cluster({ name: "big" })] });
  const statuses = (await Promise.all(polls)).map(([status]) => status).sort();
  expect(statuses).toEqual([200, 503, 503, 503, 503]);
});

/** How a stream ends whose response has not been read. */
const ENDS: readonly (readonly [string, Ask])[] = [
  ["a bad message", endedBy((http) => void http.write(Uint8Array.of(7, 0, 0, 0, 0)))],
  ["its grpc-timeout", endedBy(() => {}, { "grpc-timeout": "500m" })],
];

function endedBy(end: (http: ClientHttp2Stream) => void, headers: Record<string, string> = {}): Ask {
  return async (server) => {
    const send = (http: ClientHttp2Stream): void => {
      http.write(request);
      void until(() => server.status().unsent.bytes >= BULK).then(() => end(http));
    };
    return await overHttp2(SOTW_PATH, send, headers)(server);
  };
}

describe.each(ENDS)("a stream that was ended by %s, whose client reads nothing", (_, ask) => {
  it.each([
    ["past the router", (server: DiscoveryServer) => server],
    ["by the router", (server: DiscoveryServer) => ({ ...server })],
  ])("D-02 stays in the budget, and is reset when it stalls: %s", async (_, wrapped) => {
    const server = serve({ stallTimeoutMs: 1000 });
    const { reset } = await ask(Object.assign(wrapped(server), { status: server.status }));
    await until(() => server.status().unsent.bytes >= BULK);
    await until(() => server.streams.length === 0);
    expect(server.status().unsent.streams).toBe(1);
    expect(await reset).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    expect(server.status().unsent).toEqual({ streams: 0, bytes: 0, stalledClosed: 1 });
  });
});

it("D-02 a stream with a query in its path is reset when it stalls", async () => {
  const server = serve({ stallTimeoutMs: 100 });
  const { reset } = await overHttp2(`${SOTW_PATH}?x`, (http) => void http.write(request))(server);
  expect(await reset).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  expect(server.status().unsent).toEqual({ streams: 0, bytes: 0, stalledClosed: 1 });
});

it("D-02 frees the response of a client that disconnects after the end of its stream", async () => {
  const server = serve({});
  const running = await listen(server, { port: 0 });
  onTestFinished(() => running.close());
  const client = new RawClient(`http://127.0.0.1:${running.port}`);
  const http = client.session.request({ ":method": "POST", ":path": SOTW_PATH, "content-type": "application/grpc" });
  http.on("error", () => {}).write(request);
  await until(() => server.status().unsent.bytes >= BULK);
  http.write(Uint8Array.of(7, 0, 0, 0, 0));
  await until(() => server.streams.length === 0);
  expect(server.status().unsent.streams).toBe(1);
  await client[Symbol.asyncDispose]();
  await until(() => server.status().unsent.bytes === 0);
  expect(server.status().unsent).toEqual({ streams: 0, bytes: 0, stalledClosed: 0 });
});

describe("unary gRPC", () => {
  it("R-01 allocates nothing for lengths that are claimed", async () => {
    const server = serve({ requestTimeoutMs: 60_000 });
    const running = await listen(server, { port: 0 });
    onTestFinished(() => running.close());
    await using client = new RawClient(`http://127.0.0.1:${running.port}`);
    const before = process.memoryUsage().arrayBuffers;
    const streams = Array.from({ length: 50 }, () => client.open({ ":path": FETCH_PATH }));
    for (const { http } of streams) http.write(Uint8Array.of(0, 0, 64, 0, 0));
    const last = client.open({ ":path": FETCH_PATH });
    last.http.write(Uint8Array.of(0, 255, 255, 255, 255));
    expect((await last.ended)["grpc-status"]).toBe("8");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * 4 * 2 ** 20);
  });

  // The time of Connect's own reader would be minutes.
  it.each(["application/grpc", "application/grpc-web+proto", "application/proto"])(
    "R-02 reads a large message in chunks of one byte: %s",
    async (contentType) => {
      const router = createConnectRouter();
      serve({}).routes(router);
      const handler = router.handlers.find(({ requestPath }) => requestPath === FETCH_PATH)!;
      const message = sotwRequest({ type: CLUSTER_TYPE, nodeId: "n".repeat(200_000) });
      const response = await handler({
        httpVersion: "2",
        method: "POST",
        url: `http://localhost${FETCH_PATH}`,
        header: new Headers({ "content-type": contentType }),
        body: inBytes(contentType === "application/proto" ? message : frame(message)),
        signal: new AbortController().signal,
      } as UniversalServerRequest);
      let length = 0;
      for await (const chunk of response.body ?? []) length += chunk.length;
      expect(length).toBeGreaterThan(BULK);
    },
  );
});

async function* inBytes(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  for (const byte of bytes) yield Uint8Array.of(byte);
}

function serve(options: Partial<DiscoveryServerOptions>): DiscoveryServer {
  const resources: Resource[] = [rawResource(CLUSTER_TYPE, "big", bulkyCluster())];
  return createDiscoveryServer({ cache: new LinearCache(CLUSTER_TYPE, { resources }), log: false, ...options });
}

/** An encoded cluster with a name of some megabytes. */
function bulkyCluster(): Uint8Array {
  return cluster({ name: "x".repeat(BULK) }).bytes;
}

/** @returns the status and the text of a refusal */
async function pollOnce(server: DiscoveryServer, fields: object = {}): Promise<readonly [number, string | undefined]> {
  const request = new Request(`http://localhost${REST_PATH}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ node: { id: "n" }, ...fields }),
  });
  const response = await server.fetch(request);
  return [response.status, response.ok ? undefined : await response.text()];
}

/** The same by unary `Fetch` of Connect. @returns the status */
async function fetchOnce(server: DiscoveryServer, fields: object): Promise<readonly [number]> {
  const request = new Request(`http://localhost${FETCH_PATH}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ node: { id: "n" }, ...fields }),
  });
  return [(await server.fetch(request)).status];
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
