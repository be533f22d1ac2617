import { Code, ConnectError } from "@connectrpc/connect";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FrameReader } from "../../src/server/streams/frame-reader.ts";

describe("FrameReader", () => {
  it("reads the same messages however the bytes are cut", () => {
    const messages = [bytes(3), bytes(0), bytes(70_000), bytes(1), bytes(0), bytes(17)];
    const body = join(messages.map(frame));
    for (const size of [1, 2, 4, 5, 6, 7, 1000, 16_384, body.length]) {
      expect(read(new FrameReader(), body, size)).toEqual(messages);
    }
  });

  it("reads the same messages wherever the bytes are cut", () => {
    const messages = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 });
    fc.assert(
      fc.property(messages, fc.array(fc.nat(60), { maxLength: 30 }), (sent, sizes) => {
        const [reader, received] = [new FrameReader(), [] as Uint8Array[]];
        const body = join(sent.map(frame));
        for (let at = 0, i = 0; at < body.length; i++) {
          // Chunks may be empty, and what is left comes at once.
          const end = i < sizes.length ? at + sizes[i]! : body.length;
          reader.push(body.subarray(at, end), (message) => received.push(message.slice()));
          at = end;
        }
        expect(received).toEqual(sent);
        expect(reader.partial).toBe(false);
      }),
    );
  });

  it("does not copy a message that lies in one chunk", () => {
    const chunk = join([frame(bytes(10)), frame(bytes(20))]);
    const buffers: unknown[] = [];
    new FrameReader().push(chunk, (message) => buffers.push(message.buffer));
    expect(buffers).toEqual([chunk.buffer, chunk.buffer]);
  });

  it("knows whether a message is complete", () => {
    const reader = new FrameReader();
    const seen: boolean[] = [];
    for (const byte of frame(bytes(2))) {
      reader.push(Uint8Array.of(byte), () => {});
      seen.push(reader.partial);
    }
    expect(seen).toEqual([true, true, true, true, true, true, false]);
  });

  it("takes time linear in bytes for chunks of one byte", () => {
    const body = frame(bytes(2 ** 20));
    const before = process.cpuUsage();
    expect(read(new FrameReader(), body, 1)).toHaveLength(1);
    const { user, system } = process.cpuUsage(before);
    expect(user + system).toBeLessThan(3e6); // microseconds; quadratic: minutes
  });

  it.each([
    ["a message over the limit", Uint8Array.of(0, 0, 0, 0, 101), Code.ResourceExhausted],
    ["a claim of 4 GiB", Uint8Array.of(0, 255, 255, 255, 255), Code.ResourceExhausted],
    ["a compressed message", Uint8Array.of(1, 0, 0, 0, 1), Code.Unimplemented],
    ["an unknown flag", Uint8Array.of(128, 0, 0, 0, 1), Code.Internal],
  ])("refuses %s as soon as its prefix is there", (_, prefix, code) => {
    let error: unknown;
    try {
      new FrameReader(100).push(prefix, () => {});
    } catch (thrown) {
      error = thrown;
    }
    expect(ConnectError.from(error).code).toBe(code);
  });

  it("accepts a message of exactly the limit", () => {
    expect(read(new FrameReader(100), frame(bytes(100)), 7)).toHaveLength(1);
  });
});

function read(reader: FrameReader, body: Uint8Array, size: number): Uint8Array[] {
  const messages: Uint8Array[] = [];
  for (let at = 0; at < body.length; at += size) {
    reader.push(body.subarray(at, at + size), (message) => messages.push(message.slice()));
  }
  return messages;
}

function bytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => i % 251);
}

function frame(message: Uint8Array): Uint8Array {
  const framed = new Uint8Array(5 + message.length);
  new DataView(framed.buffer).setUint32(1, message.length);
  framed.set(message, 5);
  return framed;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}
