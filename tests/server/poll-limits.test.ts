import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { Code, createConnectRouter } from "@connectrpc/connect";
import type { UniversalServerRequest, UniversalServerResponse } from "@connectrpc/connect/protocol";
import { describe, expect, it } from "vitest";
import { Snapshot, SnapshotCache } from "../../mod.ts";
import { supportedContentType } from "../../src/server/mod.ts";
import { cluster } from "../../src/v3/mod.ts";
import { NODE, PollClient } from "./poll-client.ts";
import { frame } from "./raw-client.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const FETCH_PATH = "/envoy.service.cluster.v3.ClusterDiscoveryService/FetchClusters";

const cache = new SnapshotCache();
cache.setSnapshot("node", new Snapshot({ version: "1", resources: [cluster({ name: "a" })] }));

describe("the node of a poll", () => {
  const client = new PollClient({ cache, maxNodeBytes: 1000 });
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, ""]));

  it.each([
    ["a long string", { a: "x".repeat(1000) }],
    ["many values", many],
    ["a long list", { a: Array(300).fill(0) }],
  ])("X-restpoll-oom is refused over the limit, by REST: %s", async (_, metadata) => {
    const { status, text } = await client.poll("clusters", { node: { ...NODE, metadata } });
    expect([status, text]).toEqual([429, "a node may have at most 1000 bytes\n"]);
    expect(client.errors).toEqual([]);
  });

  it("may be larger by its extensions", async () => {
    const extensions = Array.from({ length: 100 }, (_, i) => ({ name: `extension-${i}` }));
    expect((await client.poll("clusters", { node: { ...NODE, extensions } })).status).toBe(200);
  });

  it.each(["application/grpc", "application/grpc-web+proto", "application/proto"])(
    "X-node-unknown is refused over the limit, in its unknown fields too: %s",
    async (contentType) => {
      const limited = new PollClient({ cache, maxNodeBytes: 1000, maxStreamBytes: 50_000 });
      const response = await fetchClusters(
        limited,
        contentType,
        nodeOfUnknownFields(contentType === "application/grpc"),
      );
      expect(await codeOf(response)).toBe(Code.ResourceExhausted);
      expect(limited.errors).toEqual([]);
    },
  );
});

describe("polls that wait", () => {
  const version_info = "1";

  it("X-restpoll-oom hold no more than maxHeldBytes together, and as much again when they have ended", async () => {
    const client = new PollClient({ cache, longPollMs: 60_000, maxHeldBytes: 45_000 });
    const waiting = [client.poll("clusters", { version_info }), client.poll("clusters", { version_info })];
    const refused = await client.poll("clusters", { version_info });
    expect(refused).toMatchObject({ status: 429, text: expect.stringMatching(/hold at most 45000 bytes; poll later/) });
    await client.server.drain();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([304, 304]);
    const after = client.poll("clusters", { version_info });
    await expect.poll(() => cache.status().flatMap(({ types }) => types)[0]?.watches).toBe(1);
    await client.server.drain();
    expect((await after).status).toBe(304);
    expect(client.errors).toEqual([]);
  });

  it("X-restpoll-oom hold no more than maxStreamBytes each, names included", async () => {
    const client = new PollClient({ cache, longPollMs: 60_000, maxStreamBytes: 30_000 });
    const resource_names = Array.from({ length: 100 }, (_, i) => `name-${i}`);
    expect((await client.poll("clusters", { resource_names })).status).toBe(429);
    expect((await client.poll("clusters", { version_info: "x".repeat(15_000) })).status).toBe(400);
  });

  it("do not count those that need not wait", async () => {
    const client = new PollClient({ cache, maxHeldBytes: 1 });
    expect((await client.poll("clusters")).status).toBe(200);
  });
});

describe("content types", () => {
  it.each([
    ["of streams", (type: string) => void supportedContentType(type)],
    ["of unary methods", (type: string) => void fetchClusters(new PollClient({ cache }), type, new Uint8Array())],
  ])("X-ctype %s are not remembered", async (_, send) => {
    const before = await retained();
    for (let i = 0; i < 500; i++) {
      send(new TextDecoder().decode(new Uint8Array(60_000).fill(97 + i % 26)) + i);
      send(`application/grpc; ${new TextDecoder().decode(new Uint8Array(60_000).fill(97 + i % 26))}${i}`);
    }
    expect(await retained() - before).toBeLessThan(10_000_000);
  });
});

/** A request with fields that are not in its node's type: the node is too large before, or after they were dropped. */
function nodeOfUnknownFields(isInNode: boolean): Uint8Array {
  const writer = new BinaryWriter();
  const node = writer.tag(2, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string("node");
  if (isInNode) { for (let i = 0; i < 2000; i++) node.tag(1000, WireType.Varint).uint32(1); }
  else for (let i = 0; i < 200; i++) node.tag(10, WireType.LengthDelimited).string("a client feature");
  return node.join().finish();
}

/** Calls the handler of a router without a connection. */
function fetchClusters(
  { server }: PollClient,
  contentType: string,
  message: Uint8Array,
): Promise<UniversalServerResponse> {
  const router = createConnectRouter();
  server.routes(router);
  const handler = router.handlers.find(({ requestPath }) => requestPath === FETCH_PATH)!;
  async function* body() {
    yield contentType === "application/proto" ? message : frame(message);
  }
  return handler({
    httpVersion: "2",
    method: "POST",
    url: `http://localhost${FETCH_PATH}`,
    header: new Headers({ "content-type": contentType }),
    body: body(),
    signal: new AbortController().signal,
  } as UniversalServerRequest);
}

/** The code that a response ends with, in any protocol. */
async function codeOf({ body, trailer }: UniversalServerResponse): Promise<number> {
  let text = "";
  for await (const chunk of body ?? []) text += new TextDecoder().decode(chunk);
  const status = trailer?.get("grpc-status") ?? /grpc-status: (\d+)/.exec(text)?.[1];
  if (status !== undefined) return Number(status);
  return text.includes("resource_exhausted") ? Code.ResourceExhausted : NaN;
}

async function retained(): Promise<number> {
  collect();
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
