import assert from "node:assert/strict";
import { ConnectError } from "@connectrpc/connect";
import { FrameReader } from "../../../src/server/streams/frame-reader.ts";
import { readableError } from "../../../src/server/readable-error.ts";
import { frame } from "../../server/raw-client.ts";
import type { Target } from "../target.ts";

const MAX_MESSAGE = 6_000;

/** The reader of gRPC's frames. The first byte of an input says how the rest arrives in chunks. */
export const FRAMES: Target = {
  name: "frames",
  what: "the reader of gRPC frames, beside one that has the whole body",
  seeds: [
    Uint8Array.of(3, ...frame(Uint8Array.of(1, 2, 3)), ...frame(new Uint8Array(0)), ...frame(new Uint8Array(300))),
    Uint8Array.of(0, ...frame(new Uint8Array(5_000).fill(7)), 1, 0, 0, 0, 0),
    Uint8Array.of(255, 0, 255, 255, 255, 255, 1),
  ],
  maxBytes: 16_384,
  open: () => ({
    run(input) {
      assert.deepEqual(inChunks(input.subarray(1), 1 + (input[0] ?? 0)), whole(input.subarray(1)));
    },
    check() {},
    async [Symbol.asyncDispose]() {},
  }),
};

interface Outcome {
  readonly messages: string[];
  /** Why reading ended early; `partial` where the last message is not complete. */
  readonly end: string;
}

function inChunks(body: Uint8Array, size: number): Outcome {
  const reader = new FrameReader(MAX_MESSAGE);
  const messages: string[] = [];
  try {
    for (let at = 0; at < body.length; at += size) {
      reader.push(body.subarray(at, at + size), (message) => messages.push(Buffer.from(message).toString("latin1")));
    }
  } catch (thrown) {
    const error = readableError(thrown);
    assert.ok(error instanceof ConnectError, "only errors for the client are thrown");
    return { messages, end: String(error.code) };
  }
  return { messages, end: reader.partial ? "partial" : "" };
}

/** The same by the definition of the format. */
function whole(body: Uint8Array): Outcome {
  const messages: string[] = [];
  for (let at = 0; at < body.length;) {
    if (body[at] === 1) return { messages, end: "12" };
    if (body[at] !== 0) return { messages, end: "13" };
    if (at + 5 > body.length) return { messages, end: "partial" };
    const length = new DataView(body.buffer, body.byteOffset + at + 1).getUint32(0);
    if (length > MAX_MESSAGE) return { messages, end: "8" };
    if (at + 5 + length > body.length) return { messages, end: "partial" };
    messages.push(Buffer.from(body.subarray(at + 5, at + 5 + length)).toString("latin1"));
    at += 5 + length;
  }
  return { messages, end: "" };
}
