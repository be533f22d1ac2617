import { PassThrough } from "node:stream";
import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import type { NodeServerRequest } from "../../src/node/http-types.ts";
import { RequestBody } from "../../src/node/request-body.ts";

function bodyOf(request: EventEmitter): RequestBody {
  return new RequestBody(request as unknown as NodeServerRequest);
}

describe("RequestBody", () => {
  it("R-02 joins the chunks of one turn of the event loop", async () => {
    const request = Object.assign(new EventEmitter(), { pause() {}, resume() {} });
    const body = bodyOf(request);
    const first = body.next();
    for (let i = 0; i < 1000; i++) request.emit("data", Uint8Array.of(i % 256));
    const { value } = await first;
    expect(value).toEqual(Uint8Array.from({ length: 1000 }, (_, i) => i % 256));
    request.emit("end");
    expect(await body.next()).toEqual({ done: true, value: undefined });
  });

  it("reads all of a body, whatever its chunks, and no further than it is asked to", async () => {
    const request = new PassThrough();
    const sent = new Uint8Array(1_000_000).map((_, at) => at % 251);
    let taken = 0;
    async function* chunks() {
      for (; taken < sent.length; taken += 10_000) yield sent.subarray(taken, taken + 10_000);
    }
    const { Readable } = await import("node:stream");
    Readable.from(chunks()).pipe(request);
    const body = bodyOf(request);
    const received = [(await body.next()).value];
    for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(taken).toBeLessThan(sent.length);
    for await (const chunk of body) received.push(chunk);
    expect(Buffer.concat(received)).toEqual(Buffer.from(sent));
  });

  it("fails where the client disconnects before the end", async () => {
    const request = new PassThrough();
    const body = bodyOf(request);
    const next = body.next();
    request.destroy();
    await expect(next).rejects.toThrow("Client has disconnected");
  });
});
