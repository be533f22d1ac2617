import { ClientDisconnected } from "./client-disconnected.ts";
import { exceeding } from "../limits/limit-counts.ts";
import { afterPatience } from "../patience.ts";
import { HttpError } from "./http-error.ts";

/** Limits of a request body. */
export interface BodyLimits {
  /** Its size, in bytes. */
  readonly maxBytes: number;
  /** How long it may take from its first byte to its last, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Reads a body to its end.
 *
 * It reads no further than the limit, holds no more than the bytes that arrived, and leaves the rest unread.
 *
 * @throws HttpError - 413 if it is too large, 408 if it is too slow
 * @throws ClientDisconnected
 */
export async function readBody(body: AsyncIterable<Uint8Array>, limits: BodyLimits): Promise<Uint8Array> {
  let buffer: Uint8Array = EMPTY;
  let have = 0;
  await readChunks(body, limits, (chunk) => {
    const needed = have + chunk.length;
    if (needed > limits.maxBytes) throw tooLarge(limits);
    if (have === 0) buffer = chunk;
    else {
      buffer = withRoom(buffer, have, needed);
      buffer.set(chunk, have);
    }
    have = needed;
  });
  return buffer.subarray(0, have);
}

/**
 * Reads a body to its end, chunk by chunk.
 *
 * @param take - an error that it throws ends the reading, and is thrown
 * @throws HttpError - 408 if it is too slow
 * @throws ClientDisconnected
 */
export function readChunks(
  body: AsyncIterable<Uint8Array>,
  limits: BodyLimits,
  take: (chunk: Uint8Array) => void,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let ended = false;
  const cancel = afterPatience(limits.timeoutMs, () => end(() => reject(tooSlow(limits))));
  function end(settle: () => void): void {
    ended = true;
    cancel();
    settle();
  }
  async function read(): Promise<void> {
    // Not `for await`: to leave that destroys the request, and the response could not be sent.
    const chunks = body[Symbol.asyncIterator]();
    while (!ended) {
      const chunk = await chunks.next();
      if (ended) return;
      if (chunk.done === true) return end(resolve);
      try {
        take(chunk.value);
      } catch (error) {
        return end(() => reject(error));
      }
    }
  }
  read().catch((error) => end(() => reject(new ClientDisconnected(error))));
  return promise;
}

/** The response to a body over the limit. */
export function tooLarge({ maxBytes }: BodyLimits): HttpError {
  return exceeding("maxRequestBytes", new HttpError(413, `Cannot read request: it is larger than ${maxBytes} bytes`));
}

function tooSlow({ timeoutMs }: BodyLimits): HttpError {
  return exceeding("requestTimeoutMs", new HttpError(408, `Cannot read request: incomplete after ${timeoutMs} ms`));
}

const EMPTY = new Uint8Array();

/** Grows by doubling, however small the chunks are. */
function withRoom(buffer: Uint8Array, have: number, needed: number): Uint8Array {
  if (buffer.length >= needed) return buffer;
  const grown = new Uint8Array(Math.max(needed, 2 * have));
  grown.set(buffer.subarray(0, have));
  return grown;
}
