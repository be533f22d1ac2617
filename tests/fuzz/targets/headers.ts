import assert from "node:assert/strict";
import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from "node:http2";
import { listen, type RunningServer } from "../../../src/node/mod.ts";
import { frame, sotwRequest } from "../../server/raw-client.ts";
import { CLUSTER_TYPE } from "../../../src/v3/mod.ts";
import type { Subject, Target } from "../target.ts";
import { turns, World } from "./world.ts";

/** Inputs are lines: method, path, authority, content type, grpc-timeout, another header, and the body. */
const FIELDS = [
  ":method",
  ":path",
  ":authority",
  "content-type",
  "grpc-timeout",
  "content-encoding",
  "x-other",
] as const;

const ADS = "/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources";
const FETCH = "/envoy.service.cluster.v3.ClusterDiscoveryService/FetchClusters";
const body = Buffer.from(frame(sotwRequest({ type: CLUSTER_TYPE, nodeId: "a" }))).toString("latin1");

/** The headers of requests over HTTP/2. */
export const HEADERS: Target = {
  name: "headers",
  what: "methods, paths, authorities, content types, grpc-timeout and other headers, over HTTP/2",
  seeds: [
    ["POST", ADS, "localhost:80", "application/grpc", "1S", "", "a", body],
    ["POST", FETCH, "[::1]:80", "application/grpc+proto", "20m", "gzip", "a", body],
    ["POST", "/v3/discovery:clusters?a=b#c", "user@host", "application/json; charset=utf-8", "", "", "a", "{}"],
    ["GET", "/grpc.health.v1.Health/Check", "", "application/grpc", "99999999H", "", "a", ""],
    ["OPTIONS", "/", "a b", "text/plain", "-1", "", "a", ""],
    ["POST", "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", "a", "application/grpc", "1n", "", "", body],
  ].map((lines) => Uint8Array.from(lines.join("\n"), (char) => char.charCodeAt(0))),
  words: [
    "POST",
    "PUT",
    "HEAD",
    "CONNECT",
    "*",
    "//",
    "/../",
    "%00",
    "%2f",
    "?",
    "#",
    ADS,
    FETCH,
    "application/grpc",
    "1S",
    "0n",
    ";",
    ",",
    "\xe9",
  ],
  maxBytes: 2_048,
  open: () => HeaderFields.open(),
};

class HeaderFields implements Subject {
  readonly #world: World;
  readonly #running: RunningServer;
  #session: ClientHttp2Session;

  private constructor(world: World, running: RunningServer) {
    this.#world = world;
    this.#running = running;
    this.#session = this.#connect();
  }

  static async open(): Promise<HeaderFields> {
    const world = new World({ health: true, reflection: true });
    return new HeaderFields(world, await listen(world.server, { port: 0 }));
  }

  async run(input: Uint8Array): Promise<void> {
    const lines = Buffer.from(input).toString("latin1").split("\n");
    const headers: Record<string, string> = {};
    for (const [i, field] of FIELDS.entries()) if (lines[i]) headers[field] = lines[i];
    const received = await this.#exchange(headers, Buffer.from(lines.slice(FIELDS.length).join("\n"), "latin1"));
    if (received === undefined) return;
    assert.match(received, EXPECTED);
  }

  async check(): Promise<void> {
    // The last streams end with their resets, which take a moment to arrive.
    for (let i = 0; this.#world.server.streams.length > 1 && i < 500; i++) await turns(1);
    await this.#world.check();
    assert.ok(this.#world.server.status().connections.open <= 1, "connections that the client has left are closed");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#session.destroy();
    await this.#running.close();
    this.#world[Symbol.dispose]();
  }

  /** @returns the status; undefined for what Node's client does not send, or responds to by closing the connection */
  #exchange(headers: Record<string, string>, content: Uint8Array): Promise<string | undefined> {
    if (this.#session.destroyed || this.#session.closed) this.#session = this.#connect();
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    try {
      const http = this.#session.request(headers, { endStream: false });
      let received: IncomingHttpHeaders = {};
      http.on("response", (each) => received = each);
      http.on("trailers", (each) => received = { ...each, ":status": received[":status"]! });
      // A body that is written while the stream is reset is an error of the client's own.
      http.on("error", ({ code }: NodeJS.ErrnoException) => code !== "ERR_HTTP2_STREAM_ERROR" && resolve(undefined));
      http.on("close", () => resolve(`${received[":status"]} ${received["grpc-status"] ?? ""} ${http.rstCode}`));
      http.resume();
      http.end(content);
    } catch {
      resolve(undefined);
    }
    return promise;
  }

  #connect(): ClientHttp2Session {
    const session = connect(`http://127.0.0.1:${this.#running.port}`);
    session.on("error", () => {});
    return session;
  }
}

/**
 * A status of HTTP that is the client's doing and is not 5xx, but for other versions of HTTP; with gRPC, not UNKNOWN,
 * INTERNAL only for a frame that is not gRPC; or a stream that is closed without a status, by a code of HTTP/2 that is the
 * client's doing: PROTOCOL_ERROR, REFUSED_STREAM, CANCEL.
 */
const EXPECTED =
  /^(?:(?:200|304|400|403|404|405|413|415|429) (?:0|1|3|4|5|7|8|9|12|13|16|) \d+|undefined {2}(?:0|1|7|8))$/;
