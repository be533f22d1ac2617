import assert from "node:assert/strict";
import { create, toBinary, toJson } from "@bufbuild/protobuf";
import { createConnectRouter } from "@connectrpc/connect";
import type { UniversalHandler, UniversalServerRequest } from "@connectrpc/connect/protocol";
import { DiscoveryRequestSchema } from "../../../gen/envoy/service/discovery/v3/discovery_pb.ts";
import { frame } from "../../server/raw-client.ts";
import type { Subject, Target } from "../target.ts";
import { CLIENT_STATUSES, WORDS } from "./messages.ts";
import { World } from "./world.ts";

const request = create(DiscoveryRequestSchema, {
  node: { id: "a", metadata: { a: { b: [1, "c"] } }, userAgentVersionType: { case: "userAgentVersion", value: "1" } },
  resourceNames: ["x", "xdstp://a/b/c"],
  resourceLocators: [{ name: "y" }],
  versionInfo: "1",
});
const json = new TextEncoder().encode(JSON.stringify(toJson(DiscoveryRequestSchema, request)));
const snakeJson = new TextEncoder().encode(
  `{"node":{"id":"a","user_agent_build_version":{"version":{"major_number":1}}},"resource_names":["*"],"version_info":null}`,
);
const binary = toBinary(DiscoveryRequestSchema, request);

const TYPES = ["clusters", "endpoints", "listeners", "routes", "secrets", "runtime", "missing"];

/** The statuses of HTTP that a poll may get because of what its client has sent. */
const HTTP_STATUSES: ReadonlySet<number> = new Set([200, 304, 400, 403, 404, 405, 413, 415, 429, 505]);

const JSON_WORDS = [
  ...['"', "\\u0000", "\\ud800", "1e999", "-0", "null", "true", "[[[[", '{"a":', '"__proto__":{', '"constructor":'],
  ...['"resource_names":[', '"resourceNames":', '"version_info":', '"type_url":', '"node":{', '"id":', '"metadata":{'],
  ...['"locality":{', '"extensions":[', '"@type":', '"fields":{', '"structValue":', '"user_agent_build_version":{'],
];

/** Bodies of polls. */
export const POLLS: readonly Target[] = [
  {
    name: "rest",
    what: "JSON bodies of REST; the first byte is the type",
    seeds: [Uint8Array.of(0, ...json), Uint8Array.of(1, ...snakeJson)],
    words: JSON_WORDS,
    open: () => new RestBodies(),
  },
  {
    name: "unary",
    what: "bodies of unary Fetch; the first byte is the protocol, the second the size of chunks",
    seeds: [
      Uint8Array.of(0, 0, ...frame(binary)),
      Uint8Array.of(1, 3, ...frame(binary)),
      Uint8Array.of(2, 0, ...binary),
      Uint8Array.of(3, 9, ...json),
    ],
    words: [...WORDS, ...JSON_WORDS],
    open: () => new UnaryBodies(),
  },
];

class RestBodies implements Subject {
  readonly #world = new World();

  async run(input: Uint8Array): Promise<void> {
    const response = await this.#world.server.fetch(
      new Request(`http://localhost/v3/discovery:${TYPES[(input[0] ?? 0) % TYPES.length]}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: input.subarray(1) as BufferSource,
      }),
    );
    const text = await response.text();
    assert.ok(HTTP_STATUSES.has(response.status), `unexpected status ${response.status}: ${text}`);
    if (response.status === 200) JSON.parse(text);
  }

  check(): Promise<void> {
    return this.#world.check();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#world[Symbol.dispose]();
  }
}

const CONTENT_TYPES = ["application/grpc", "application/grpc-web+proto", "application/proto", "application/json"];
const FETCH = "/envoy.service.cluster.v3.ClusterDiscoveryService/FetchClusters";

class UnaryBodies implements Subject {
  readonly #world = new World();
  readonly #handler: UniversalHandler;

  constructor() {
    const router = createConnectRouter();
    this.#world.server.routes(router);
    this.#handler = router.handlers.find(({ requestPath }) => requestPath === FETCH)!;
  }

  async run(input: Uint8Array): Promise<void> {
    const contentType = CONTENT_TYPES[(input[0] ?? 0) % CONTENT_TYPES.length]!;
    const response = await this.#handler({
      httpVersion: "2",
      method: "POST",
      url: `http://localhost${FETCH}`,
      header: new Headers({ "content-type": contentType, "connect-protocol-version": "1" }),
      body: chunksOf(input.subarray(2), 1 + 16 * (input[1] ?? 0)),
      signal: new AbortController().signal,
    } as UniversalServerRequest);
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body ?? []) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString("latin1");
    // FAILED_PRECONDITION is that of a client that is up to date, and NOT_FOUND that of an unknown node.
    const grpc = response.trailer?.get("grpc-status") ?? /grpc-status: (\d+)/.exec(body)?.[1] ?? "0";
    assert.ok(HTTP_STATUSES.has(response.status), `unexpected status ${response.status}: ${body}`);
    assert.ok(
      CLIENT_STATUSES.has(grpc) || ["5", "9"].includes(grpc) || isBadFrame(input),
      `unexpected ${grpc}: ${body}`,
    );
  }

  check(): Promise<void> {
    return this.#world.check();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#world[Symbol.dispose]();
  }
}

/** A flag that is not of gRPC gets INTERNAL, as it does from other servers. */
function isBadFrame(input: Uint8Array): boolean {
  return (input[0] ?? 0) % CONTENT_TYPES.length === 0;
}

async function* chunksOf(body: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
}
