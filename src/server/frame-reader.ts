import { Code, ConnectError } from "@connectrpc/connect";

/** The default limit for one request: 4 MiB, as in grpc-go. */
export const DEFAULT_MAX_REQUEST_BYTES = 4 * 1024 * 1024;

/**
 * Splits a gRPC request body, in chunks of any size, into its messages.
 *
 * The work is linear in bytes however small the chunks are, and memory follows the bytes that arrived, never the
 * length that a prefix claims.
 */
export class FrameReader {
  readonly #maxBytes: number;
  readonly #prefix = new Uint8Array(PREFIX_BYTES);
  #prefixHave = 0;
  #message: Uint8Array | undefined;
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
   * Takes the next chunk and calls `onMessage` with each message that is complete by then. A message that lies in one
   * chunk is a view of it, not a copy, and is good for the duration of the call only.
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

  #readPrefix(chunk: Uint8Array, from: number): number {
    const end = Math.min(chunk.length, from + PREFIX_BYTES - this.#prefixHave);
    for (let at = from; at < end; at++) this.#prefix[this.#prefixHave++] = chunk[at] ?? 0;
    if (this.#prefixHave === PREFIX_BYTES) this.#length = checkedLength(this.#prefix, this.#maxBytes);
    return end;
  }

  #readMessage(chunk: Uint8Array, from: number, onMessage: (message: Uint8Array) => void): number {
    const end = Math.min(chunk.length, from + this.#length - this.#have);
    const part = chunk.subarray(from, end);
    if (part.length === this.#length) {
      this.#finish(part, onMessage);
      return end;
    }
    const message = this.#roomFor(part.length);
    message.set(part, this.#have);
    this.#have += part.length;
    if (this.#have === this.#length) this.#finish(message.subarray(0, this.#length), onMessage);
    return end;
  }

  /** Grows by doubling: every byte is copied twice on average, and a claimed length allocates nothing. */
  #roomFor(more: number): Uint8Array {
    const needed = this.#have + more;
    const old = this.#message;
    if (old !== undefined && old.length >= needed) return old;
    const grown = new Uint8Array(Math.min(this.#length, Math.max(needed * 2, MIN_ALLOCATION)));
    if (old !== undefined) grown.set(old.subarray(0, this.#have));
    this.#message = grown;
    return grown;
  }

  #finish(message: Uint8Array, onMessage: (message: Uint8Array) => void): void {
    this.#prefixHave = 0;
    this.#have = 0;
    this.#length = 0;
    this.#message = undefined;
    onMessage(message);
  }
}

/** A flag byte and the length of the message, big-endian. */
const PREFIX_BYTES = 5;
const MIN_ALLOCATION = 1024;
const EMPTY = new Uint8Array(0);

function checkedLength(prefix: Uint8Array, maxBytes: number): number {
  const flag = prefix[0];
  if (flag === 1) throw new ConnectError("Cannot read request: compression is not supported", Code.Unimplemented);
  if (flag !== 0) throw new ConnectError(`Cannot read request: unknown frame flag ${flag}`, Code.Internal);
  const length = new DataView(prefix.buffer).getUint32(1);
  if (length <= maxBytes) return length;
  throw new ConnectError(
    `Cannot read request: ${length} bytes is more than the limit of ${maxBytes}`,
    Code.ResourceExhausted,
  );
}
