import { Code, ConnectError } from "@connectrpc/connect";
import { exceeding } from "../limits/limit-counts.ts";

/** The default limit for one request: 4 MiB, as in grpc-go. */
export const DEFAULT_MAX_REQUEST_BYTES = 4 * 1024 * 1024;

/**
 * Splits a gRPC request body, in chunks of any size, into its messages.
 *
 * The work is linear in bytes however small the chunks are, and memory grows with the bytes that arrived, never with the
 * length that a prefix claims.
 *
 * Invariant: `#have` is the number of bytes of the current message in `#parts` and `#small`, and `#have <= #length`.
 */
export class FrameReader {
  readonly #maxBytes: number;
  #prefixHave = 0;
  #parts: Uint8Array[] = [];
  /** The small parts since the last large one, copied together. */
  #small = EMPTY;
  #smallHave = 0;
  #have = 0;
  #length = 0;

  /** @param maxBytes - the largest message that is accepted, in bytes */
  constructor(maxBytes: number = DEFAULT_MAX_REQUEST_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** Whether a message has begun and is not complete. */
  get partial(): boolean {
    return this.#prefixHave > 0;
  }

  /**
   * Takes the next chunk and calls `onMessage` with each message that is complete by then. A message is valid during the
   * call only: it is a view of the chunk, or of memory that is used for the next message.
   *
   * @throws ConnectError - resource_exhausted for a message over the limit, unimplemented for a compressed one,
   * internal for a prefix that is not gRPC; nothing may be pushed afterwards
   */
  push(chunk: Uint8Array, onMessage: (message: Uint8Array) => void): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#prefixHave < PREFIX_BYTES) {
        at = this.#readPrefix(chunk, at);
        if (this.#prefixHave < PREFIX_BYTES) return;
        if (this.#length === 0) this.#finish(EMPTY, onMessage);
      } else {
        at = this.#readMessage(chunk, at, onMessage);
      }
    }
  }

  /** Reads a flag byte and the length of the message, big-endian. */
  #readPrefix(chunk: Uint8Array, from: number): number {
    const end = Math.min(chunk.length, from + PREFIX_BYTES - this.#prefixHave);
    for (let at = from; at < end; at++) {
      const byte = chunk[at]!;
      if (this.#prefixHave++ === 0) checkFlag(byte);
      else this.#length = this.#length * 256 + byte;
    }
    if (this.#prefixHave === PREFIX_BYTES) checkLength(this.#length, this.#maxBytes);
    return end;
  }

  #readMessage(chunk: Uint8Array, from: number, onMessage: (message: Uint8Array) => void): number {
    const end = Math.min(chunk.length, from + this.#length - this.#have);
    const part = chunk.subarray(from, end);
    this.#have += part.length;
    if (part.length === this.#length) this.#finish(part, onMessage);
    else {
      this.#buffer(part);
      if (this.#have === this.#length) this.#join(onMessage);
    }
    return end;
  }

  /** Large parts are referenced until the message is complete; small ones are copied, since each pins its whole chunk. */
  #buffer(part: Uint8Array): void {
    if (part.length >= MIN_REFERENCED) {
      this.#endSmall();
      this.#parts.push(part);
      return;
    }
    const needed = this.#smallHave + part.length;
    // Grows by doubling: every byte is copied twice on average, and a claimed length allocates nothing.
    if (needed > this.#small.length) {
      const grown = new Uint8Array(Math.max(needed * 2, MIN_ALLOCATION));
      grown.set(this.#small.subarray(0, this.#smallHave));
      this.#small = grown;
    }
    this.#small.set(part, this.#smallHave);
    this.#smallHave = needed;
  }

  #endSmall(): void {
    if (this.#smallHave === 0) return;
    this.#parts.push(this.#small.subarray(0, this.#smallHave));
    this.#small = EMPTY;
    this.#smallHave = 0;
  }

  #join(onMessage: (message: Uint8Array) => void): void {
    this.#endSmall();
    const memory = takeMemory(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      memory.set(part, at);
      at += part.length;
    }
    this.#parts = [];
    this.#finish(memory.subarray(0, at), onMessage);
    returnMemory(memory);
  }

  #finish(message: Uint8Array, onMessage: (message: Uint8Array) => void): void {
    this.#prefixHave = 0;
    this.#have = 0;
    this.#length = 0;
    onMessage(message);
  }
}

const PREFIX_BYTES = 5;
const MIN_ALLOCATION = 1024;
const EMPTY = new Uint8Array(0);

/** The size from which a part is not copied: a quarter of the frames that clients cut large messages into. */
const MIN_REFERENCED = 4096;

/**
 * Memory in which a message that arrived in parts is joined, as do those of an Envoy that sends its node. A message is valid
 * only until it has been handled, so that one buffer is enough for all streams.
 */
let memory: Uint8Array | undefined;
const MAX_MEMORY = 1024 * 1024;

function takeMemory(length: number): Uint8Array {
  const taken = memory;
  memory = undefined; // handling a message may lead to another one being joined
  return taken !== undefined && taken.length >= length ? taken : new Uint8Array(length);
}

function returnMemory(used: Uint8Array): void {
  if (used.length <= MAX_MEMORY && used.length > (memory?.length ?? 0)) memory = used;
}

function checkFlag(flag: number): void {
  if (flag === 1) throw new ConnectError("Cannot read request: compression is not supported", Code.Unimplemented);
  if (flag !== 0) throw new ConnectError(`Cannot read request: unknown frame flag ${flag}`, Code.Internal);
}

function checkLength(length: number, maxBytes: number): void {
  if (length <= maxBytes) return;
  const text = `Cannot read request: ${length} bytes is more than the limit of ${maxBytes}`;
  throw exceeding("maxRequestBytes", new ConnectError(text, Code.ResourceExhausted));
}
