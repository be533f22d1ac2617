import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { listen, type RunningServer } from "../../../src/node/mod.ts";
import { restListener } from "../../../src/node/mod.ts";
import type { Subject, Target } from "../target.ts";
import { turns, World } from "./world.ts";

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const SETTINGS = "\0\0\0\x04\0\0\0\0\0";
/** HEADERS without end of stream: `:method: POST`, `:scheme: http`, `:path` as a literal, `:authority: a`. */
const HEADERS = headersFrame("/v3/discovery:clusters", "application/json");
const GRPC_HEADERS = headersFrame(
  "/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources",
  "application/grpc",
);
const HTTP1 =
  "POST /v3/discovery:clusters HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
const CHUNKED = "POST /v3/discovery:routes HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n" +
  "transfer-encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n";

/** All that a client sends. The first byte says to which port: HTTP/2, or HTTP/1.1. */
export const CONNECTIONS: Target = {
  name: "connections",
  what: "the bytes of a connection, to the ports of HTTP/2 and HTTP/1.1",
  seeds: [
    `\0${PREFACE}${SETTINGS}${HEADERS}\0\0\x02\0\x01\0\0\0\x01{}`,
    `\0${PREFACE}${SETTINGS}${GRPC_HEADERS}\0\0\x05\0\0\0\0\0\x01\0\0\0\0\0`,
    `\0${PREFACE}${SETTINGS}\0\0\x08\x06\0\0\0\0\0abcdefgh\0\0\x04\x03\0\0\0\0\x01\0\0\0\x08`,
    `\x01${HTTP1}`,
    `\x01${CHUNKED}`,
    `\x01${HTTP1}${HTTP1}`,
  ].map((text) => Uint8Array.from(text, (char) => char.charCodeAt(0))),
  words: [
    PREFACE,
    SETTINGS,
    HEADERS,
    GRPC_HEADERS,
    "\r\n",
    "expect: 100-continue\r\n",
    "upgrade: h2c\r\n",
    "\0\0\x04\x08\0\0\0\0\0\x7f\xff\xff\xff",
  ],
  maxBytes: 2_048,
  open: () => RawConnections.open(),
};

class RawConnections implements Subject {
  readonly #world = new World({ health: true, reflection: true });
  readonly #http1: Server = createServer(restListener(this.#world.server));
  #running: RunningServer | undefined = undefined;
  #open = 0;

  static async open(): Promise<RawConnections> {
    const subject = new RawConnections();
    subject.#running = await listen(subject.#world.server, { port: 0 });
    await new Promise<void>((resolve) => subject.#http1.listen({ host: "127.0.0.1", port: 0 }, resolve));
    subject.#http1.on("connection", (socket) => {
      subject.#open++;
      socket.once("close", () => subject.#open--);
    });
    return subject;
  }

  async run(input: Uint8Array): Promise<void> {
    const isHttp1 = (input[0] ?? 0) % 2 === 1;
    const port = isHttp1 ? (this.#http1.address() as AddressInfo).port : this.#running!.port;
    const socket = connect({ host: "127.0.0.1", port });
    socket.on("error", () => {});
    const received = new Promise<void>((resolve) => socket.once("data", () => resolve()));
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    socket.resume();
    socket.write(input.subarray(1));
    // What has no response is left after a moment.
    await Promise.race([received, closed, new Promise((resolve) => setTimeout(resolve, 3))]);
    await turns(2);
    socket.destroy();
    await closed;
  }

  async check(): Promise<void> {
    for (let i = 0; (this.#open > 0 || this.#connections() > 0) && i < 2_000; i++) await turns(1);
    assert.equal(this.#open, 0, "connections of HTTP/1.1 are closed");
    assert.equal(this.#connections(), 0, "connections of HTTP/2 are closed");
    await this.#world.check();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running?.close();
    this.#http1.close();
    this.#http1.closeAllConnections();
    this.#world[Symbol.dispose]();
  }

  #connections(): number {
    return this.#world.server.status().connections.open;
  }
}

function headersFrame(path: string, contentType: string): string {
  const literal = (index: number, value: string) => `${String.fromCharCode(index, value.length)}${value}`;
  const block = `\x83\x86${literal(0x04, path)}${literal(0x01, "a")}${literal(0x0f, "")}`.slice(0, -2) +
    `\x0f\x10${String.fromCharCode(contentType.length)}${contentType}`;
  return `\0\0${String.fromCharCode(block.length)}\x01\x04\0\0\0\x01${block}`;
}
