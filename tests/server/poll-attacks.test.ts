import { createServer, request as httpRequest, type RequestOptions } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DiscoveryCallbacks, Snapshot, SnapshotCache } from "../../mod.ts";
import { Code, ConnectError } from "@connectrpc/connect";
import { listen, type Listener, restListener } from "../../src/node/mod.ts";
import { cluster } from "../../src/v3/mod.ts";
import { namesOf, NODE, Poller } from "./poll-client.ts";

const MARK = "do-not-echo-this";
const MAX_BYTES = 20_000;
const TIMEOUT_MS = 150;

const cache = new SnapshotCache();
cache.setSnapshot("node", new Snapshot({ resources: [cluster({ name: "a" })] }));

const JSON_TYPE = { "content-type": "application/json" };

/** Bodies that are no request, and why. */
const BODIES: readonly (readonly [what: string, body: string | Uint8Array, reason: RegExp])[] = [
  ["nothing", "", /the body is not JSON/],
  ["half a request", `{"node": {"id": "${MARK}`, /the body is not JSON/],
  ["text", MARK, /the body is not JSON/],
  ["bytes that are not UTF-8", Uint8Array.of(0x22, 0xff, 0x22), /the body is not JSON/],
  ["a list", `["${MARK}"]`, /the body is not a JSON object/],
  ["null", "null", /the body is not a JSON object/],
  ["a deep list", "[".repeat(1000) + "]".repeat(1000), /the body is not a JSON object/],
  ["a very deep list", "[".repeat(9000), /the body is not JSON/],
  ["a node that is a list", `{"node": ["${MARK}"]}`, /node is not an object/],
  ["a node whose id is a number", `{"node": {"id": 7, "cluster": "${MARK}"}}`, /node is not a valid Node/],
  [
    "a node that is 1,000 deep",
    `{"node": {"metadata": ${`{"${MARK}":`.repeat(1000 / 2)}1${"}".repeat(1000 / 2)}}}`,
    /node is nested too deeply/,
  ],
  ["a version that is a number", `{"version_info": 1, "node": {"id": "${MARK}"}}`, /version_info is not a string/],
  ["names that are no list", `{"resource_names": "${MARK}"}`, /resource_names is not a list/],
  ["a name that is an object", `{"resource_names": [{"${MARK}": 1}]}`, /resource_names is not a string/],
  ["a locator that is a string", `{"resource_locators": ["${MARK}"]}`, /resource_locators has an entry/],
];

describe("a body that is no request", () => {
  const poller = new Poller({ cache, maxRequestBytes: MAX_BYTES });

  it.each(BODIES)("R6 R-07 is refused: %s", async (_, body, reason) => {
    const { status, text } = await poller.send("clusters", {
      method: "POST",
      headers: JSON_TYPE,
      body: body as string,
    });
    expect(status).toBe(400);
    expect(text).toMatch(reason);
    expect(text).not.toContain(MARK);
    expect(text.length).toBeLessThan(100);
  });

  it("R6 R-07 duplicate keys: the last one counts", async () => {
    const answer = await poller.poll(
      "clusters",
      `{"node": {"id": "x"}, "node": {"id": "node"}, "node": {"id": "node"}}`,
    );
    expect(namesOf(answer)).toEqual(["a"]);
  });

  it("R6 R-07 __proto__ and constructor change nothing", async () => {
    const nodes: object[] = [];
    const spy = new Poller({ cache, callbacks: { onFetchRequest: ({ node }) => void nodes.push(node.metadata!) } });
    const evil = `{"polluted": "yes", "id": "evil"}`;
    const answer = await spy.poll(
      "clusters",
      `{"__proto__": {"resource_names": ["zzz"]}, "constructor": {"prototype": ${evil}},
        "node": {"__proto__": ${evil}, "id": "node", "metadata": {"__proto__": ${evil}, "a": [{"__proto__": ${evil}}]}}}`,
    );
    expect(namesOf(answer)).toEqual(["a"]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    expect(nodes[0]).toEqual({ a: [{}] });
    expect((nodes[0] as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

describe("a request that is not a poll", () => {
  const poller = new Poller({ cache, maxRequestBytes: MAX_BYTES });

  it.each(["GET", "PUT", "DELETE", "OPTIONS"])("R6 R-07 %s", async (method) => {
    const { status, headers } = await poller.send("clusters", { method });
    expect(status).toBe(405);
    expect(headers.get("allow")).toBe("POST");
  });

  it.each([
    ["no type", {}],
    ["a form", { "content-type": "application/x-www-form-urlencoded" }],
    ["protobuf", { "content-type": "application/proto" }],
    ["a compressed body", { ...JSON_TYPE, "content-encoding": "gzip" }],
  ])("R6 R-07 %s", async (_, headers) => {
    const body = new TextEncoder().encode("{}");
    expect((await poller.send("clusters", { method: "POST", headers: headers as HeadersInit, body })).status).toBe(415);
  });

  it("R2 JSON with a charset is JSON", async () => {
    const headers = { "content-type": "Application/JSON; charset=utf-8" };
    expect((await poller.poll("clusters", {}, { headers })).status).toBe(200);
  });
});

describe.each(["fetch", "HTTP/1.1", "HTTP/2"] as const)("over %s", (transport) => {
  const poller = new Poller({ cache, maxRequestBytes: MAX_BYTES, requestTimeoutMs: TIMEOUT_MS });
  const send = { fetch: overFetch(poller), "HTTP/1.1": overHttp1(poller), "HTTP/2": overHttp2(poller) }[transport];
  const good = JSON.stringify({ node: NODE });

  it("R1 serves", async () => {
    expect(await send({ chunks: [good] })).toMatchObject({
      status: 200,
      text: expect.stringMatching(/"resources":\[\{"@type"/),
    });
    const { versionInfo } = JSON.parse((await send({ chunks: [good] })).text);
    expect(await send({ chunks: [JSON.stringify({ node: NODE, version_info: versionInfo })] })).toMatchObject({
      status: 304,
      text: "",
    });
  });

  it("R6 says what is wrong", async () => {
    expect(await send({ chunks: ["{"] })).toMatchObject({ status: 400, text: expect.stringMatching(/not JSON/) });
    expect(await send({ path: "/v3/discovery:nope", chunks: [good] })).toMatchObject({
      status: 404,
      text: expect.stringMatching(/no such/),
    });
    expect(await send({ method: "GET", chunks: [] })).toMatchObject({ status: 405 });
  });

  it("reads a body in small pieces", async () => {
    expect((await send({ chunks: [...good] })).status).toBe(200);
  });

  it("R6 R-07 refuses a body that says that it is too large, unread", async () => {
    const answer = await send({ chunks: ["{"], headers: { "content-length": "100000000" }, endless: true });
    expect(answer).toMatchObject({ status: 413, text: expect.stringMatching(/larger than 20000 bytes/) });
  });

  it("R6 R-07 stops to read a body without an end", async () => {
    const answer = await send({ chunks: Array(30).fill(" ".repeat(1000)), endless: true });
    expect(answer).toMatchObject({ status: 413, text: expect.stringMatching(/larger than 20000 bytes/) });
  });

  it("R6 R-07 gives up on a slow body", async () => {
    const started = performance.now();
    const answer = await send({ chunks: [`{"node"`], endless: true });
    expect(answer).toMatchObject({ status: 408, text: `Cannot read request: incomplete after ${TIMEOUT_MS} ms\n` });
    expect(performance.now() - started).toBeLessThan(TIMEOUT_MS + 2_000);
  });

  it("has no fault of its own after all that, and serves on", async () => {
    expect(poller.errors).toEqual([]);
    expect((await send({ chunks: [good] })).status).toBe(200);
    expect(cache.status().flatMap(({ types }) => types).map(({ watches }) => watches)).toEqual([0]);
  });
});

describe("a client that goes while it waits", () => {
  const waiting = new SnapshotCache();
  waiting.setSnapshot("node", new Snapshot({ version: "1", resources: [cluster({ name: "a" })] }));
  const poller = new Poller({ cache: waiting, longPollMs: 60_000 });
  const body = JSON.stringify({ node: NODE, version_info: "1" });
  const watches = () => waiting.status().flatMap(({ types }) => types).reduce((sum, each) => sum + each.watches, 0);

  it("R7 is forgotten, over HTTP/1.1", async () => {
    const http = createServer(restListener(poller.server));
    await new Promise<void>((resolve) => void http.listen(0, "127.0.0.1", resolve));
    const { port } = http.address() as AddressInfo;
    const path = "/v3/discovery:clusters";
    const request = httpRequest({ host: "127.0.0.1", port, path, method: "POST", headers: JSON_TYPE });
    request.on("error", () => {}).end(body);
    await expect.poll(watches).toBe(1);
    request.destroy();
    await expect.poll(watches).toBe(0);
    await new Promise((resolve) => http.close(resolve));
  });

  it("R7 is forgotten, over HTTP/2", async () => {
    await using listener = await listen(poller.server, { port: 0 });
    const session = connectHttp2(`http://127.0.0.1:${listener.port}`);
    const stream = session.request({ ":method": "POST", ":path": "/v3/discovery:clusters", ...JSON_TYPE });
    stream.on("error", () => {}).end(body);
    await expect.poll(watches).toBe(1);
    stream.close(8);
    await expect.poll(watches).toBe(0);
    session.destroy();
    expect(poller.errors).toEqual([]);
  });
});

describe("hooks", () => {
  it("P-01 one that publishes is fine", async () => {
    const cache = new SnapshotCache();
    const poller = new Poller({
      cache,
      callbacks: {
        onFetchRequest: () => cache.setSnapshot("node", new Snapshot({ resources: [cluster({ name: "b" })] })),
        onFetchResponse: () => cache.clearSnapshot("node"),
      },
    });
    for (let i = 0; i < 2; i++) expect(namesOf(await poller.poll("clusters"))).toEqual(["b"]);
    expect(poller.errors).toEqual([]);
  });

  it.each<[string, DiscoveryCallbacks, number, string, number]>([
    [
      "that refuses",
      {
        onFetchRequest() {
          throw new ConnectError("Not for you", Code.PermissionDenied);
        },
      },
      403,
      "Not for you\n",
      0,
    ],
    [
      "that throws",
      {
        onFetchRequest() {
          throw new Error("password");
        },
      },
      500,
      "Internal error\n",
      1,
    ],
    [
      "that throws afterwards",
      {
        onFetchResponse() {
          throw new Error("password");
        },
      },
      200,
      expect.stringContaining("resources"),
      1,
    ],
    [
      "that rejects",
      { onFetchRequest: async () => await Promise.reject(new Error("password")) },
      200,
      expect.any(String),
      1,
    ],
    ["that never settles", { onFetchResponse: () => new Promise(() => {}) }, 200, expect.any(String), 0],
  ])("P-01 one %s concerns its own poll alone", async (_, callbacks, status, text, faults) => {
    const poller = new Poller({ cache, callbacks });
    expect(await poller.poll("clusters")).toMatchObject({ status, text });
    expect(poller.errors).toHaveLength(faults);
  });

  it("are told who asks, for what, and what came of it", async () => {
    const said: unknown[] = [];
    const poller = new Poller({
      cache,
      callbacks: {
        onFetchRequest: ({ protocol, typeUrl, node, peer }, request) =>
          void said.push([protocol, typeUrl.split(".").at(-1), node.id, peer?.split(":")[0], request]),
        onFetchResponse: (_, { modified, resources }) => void said.push([modified, resources.length]),
      },
    });
    await using listener = await listen(poller.server, { port: 0 });
    await http2Request(listener.port, { chunks: [JSON.stringify({ node: NODE, resource_names: ["a"] })] });
    await http2Request(listener.port, { chunks: [JSON.stringify({ node: { id: "other" } })] });
    const request = { versionInfo: "", names: [] };
    expect(said).toEqual([
      ["rest", "Cluster", "node", "127.0.0.1", { ...request, names: ["a"] }],
      [true, 1],
      ["rest", "Cluster", "other", "127.0.0.1", request],
    ]);
  });
});

interface Sent {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly chunks: readonly string[];
  /** The body is not ended. */
  readonly endless?: boolean;
}

interface Got {
  readonly status: number;
  readonly text: string;
}

type Send = (sent: Sent) => Promise<Got>;

function overFetch(poller: Poller): Send {
  return async ({ path = "clusters", method = "POST", headers, chunks, endless = false }) => {
    const encoder = new TextEncoder();
    let next = 0;
    const body = new ReadableStream({
      pull(controller) {
        if (next < chunks.length) controller.enqueue(encoder.encode(chunks[next++]));
        else if (!endless) controller.close();
        else return new Promise(() => {});
      },
    });
    const init = { method, headers: { ...JSON_TYPE, ...headers }, duplex: "half" };
    return await poller.send(path, method === "GET" ? { method } : { ...init, body } as RequestInit);
  };
}

function overHttp1(poller: Poller): Send {
  const server = createServer(restListener(poller.server));
  beforeAll(() => new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve)));
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return ({ path = "/v3/discovery:clusters", method = "POST", headers, chunks, endless = false }) => {
    const { port } = server.address() as AddressInfo;
    const options: RequestOptions = { host: "127.0.0.1", port, path, method, headers: { ...JSON_TYPE, ...headers } };
    return new Promise((resolve, reject) => {
      const request = httpRequest(options, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part) => text += part);
        response.on("end", () => {
          resolve({ status: response.statusCode!, text });
          request.on("error", () => {}).destroy();
        });
      });
      request.on("error", reject);
      for (const chunk of chunks) request.write(chunk);
      if (!endless) request.end();
      else request.flushHeaders();
    });
  };
}

function overHttp2(poller: Poller): Send {
  let listener: Listener;
  beforeAll(async () => {
    listener = await listen(poller.server, { port: 0 });
  });
  afterAll(() => listener.close());
  return (sent) => http2Request(listener.port, sent);
}

async function http2Request(
  port: number,
  { path = "/v3/discovery:clusters", method = "POST", headers, chunks, endless = false }: Sent,
): Promise<Got> {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  try {
    return await new Promise((resolve, reject) => {
      session.on("error", reject);
      const stream = session.request({ ":method": method, ":path": path, ...JSON_TYPE, ...headers }, {
        endStream: false,
      });
      let status = 0;
      let text = "";
      stream.on("response", (received) => void (status = received[":status"]!));
      stream.setEncoding("utf8").on("data", (part) => text += part);
      stream.on("end", () => resolve({ status, text }));
      stream.on("error", reject);
      for (const chunk of chunks) stream.write(chunk);
      if (!endless) stream.end();
    });
  } finally {
    session.destroy();
  }
}
