import { EventEmitter } from "node:events";
import type { ServerHttp2Stream } from "node:http2";
import { describe, expect, it, vi } from "vitest";
import { Http2Transport } from "../../src/node/stream-transport.ts";
import type { ServedStream } from "../../src/server/mod.ts";
import { RouterTransport } from "../../src/server/streams/router-transport.ts";
import type { StreamRequest } from "../../src/server/streams/methods.ts";
import { SLICE_BYTES } from "../../src/server/streams/slices.ts";

const FRAME = new Uint8Array(3 * SLICE_BYTES + 1).map((_, at) => at % 251);

/** The calls of a transport, in their order. */
class Stream implements ServedStream {
  readonly ended = false;
  readonly calls: string[] = [];

  push(): void {}
  bodyEnded(): void {}
  retire(): void {}
  disconnected(): void {}
  writable = (): void => void this.calls.push("writable");
  progress = (): void => void this.calls.push("progress");
  sent = (): void => void this.calls.push("sent");
}

/** A stream of HTTP/2 whose client reads when `read` is called. */
class SlowHttp extends EventEmitter {
  readonly destroyed = false;
  readonly written: Uint8Array[] = [];
  readonly respond = vi.fn();
  readonly end = vi.fn();
  #sent: (() => void) | undefined;

  write(chunk: Uint8Array, sent: () => void): boolean {
    this.written.push(chunk);
    this.#sent = sent;
    return false;
  }

  /** The client reads all that was written. */
  read(): void {
    const sent = this.#sent;
    this.emit("drain");
    sent?.();
  }
}

describe("a client that reads a large response slowly", () => {
  it("D-02 makes progress with each slice, on HTTP/2", () => {
    const http = new SlowHttp();
    const stream = new Stream();
    const transport = new Http2Transport(http as unknown as ServerHttp2Stream, "application/grpc");
    transport.start(stream);
    expect(transport.write(FRAME)).toBe(false);
    expect(http.written).toHaveLength(1);
    for (let i = 0; i < 4; i++) http.read();
    expect(stream.calls).toEqual(["writable", "progress", "progress", "progress", "writable", "sent"]);
    expect(Buffer.concat(http.written)).toEqual(Buffer.from(FRAME));
  });

  it("D-02 gets the rest of it before the end, on HTTP/2", () => {
    const http = new SlowHttp();
    const transport = new Http2Transport(http as unknown as ServerHttp2Stream, "application/grpc");
    transport.start(new Stream());
    transport.write(FRAME);
    transport.end(new Headers());
    for (let i = 0; i < 2; i++) http.read();
    expect(http.end).not.toHaveBeenCalled();
    http.read();
    expect(http.end).toHaveBeenCalledOnce();
    expect(Buffer.concat(http.written)).toEqual(Buffer.from(FRAME));
  });

  it("D-02 makes progress with each slice, by the router, and gets the rest of it before the end", async () => {
    const stream = new Stream();
    const request = { header: new Headers(), body: silence(), signal: new AbortController().signal };
    const transport = new RouterTransport(request as unknown as StreamRequest);
    transport.start(stream);
    const first = transport.next();
    expect(transport.write(FRAME)).toBe(false);
    transport.end(new Headers());
    const chunks = [(await first).value];
    for (let next = await transport.next(); !next.done; next = await transport.next()) chunks.push(next.value);
    expect(stream.calls).toEqual(["sent", "writable", "progress", "progress", "progress", "sent"]);
    expect(Buffer.concat(chunks)).toEqual(Buffer.from(FRAME));
  });
});

function silence(): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) };
}
