import { Code, ConnectError } from "@connectrpc/connect";
import { ClientDisconnected } from "./client-disconnected.ts";
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
export function readBody(body: AsyncIterable<Uint8Array>, limits: BodyLimits): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  let ended = false;
  const timer = setTimeout(() => end(() => reject(tooSlow(limits))), limits.timeoutMs);
  function end(settle: () => void): void {
    ended = true;
    clearTimeout(timer);
    settle();
  }
  async function read(): Promise<void> {
    let buffer: Uint8Array = EMPTY;
    let have = 0;
    // Not `for await`: to leave that destroys the request, and the response could not be sent.
    const chunks = body[Symbol.asyncIterator]();
    while (!ended) {
      const chunk = await chunks.next();
      if (ended) return;
      if (chunk.done === true) return end(() => resolve(buffer.subarray(0, have)));
      const needed = have + chunk.value.length;
      if (needed > limits.maxBytes) return end(() => reject(tooLarge(limits)));
      if (have === 0) buffer = chunk.value;
      else {
        buffer = withRoom(buffer, have, needed);
        buffer.set(chunk.value, have);
      }
      have = needed;
    }
  }
  read().catch((error) => {
    end(() => reject(new ClientDisconnected(error)));
  });
  return promise;
}

/**
 * The same body, but it fails once it has taken too long.
 *
 * @throws ConnectError - deadline_exceeded
 */
export function timeLimited(body: AsyncIterable<Uint8Array>, timeoutMs: number): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      const chunks = body[Symbol.asyncIterator]();
      let fail: ((error: ConnectError) => void) | undefined;
      const timer = setTimeout(() => {
        fail?.(new ConnectError(`Cannot read request: incomplete after ${timeoutMs} ms`, Code.DeadlineExceeded));
      }, timeoutMs);
      return {
        next() {
          const { promise, resolve, reject } = Promise.withResolvers<IteratorResult<Uint8Array>>();
          fail = reject;
          chunks.next().then((chunk) => {
            if (chunk.done === true) clearTimeout(timer);
            resolve(chunk);
          }, reject);
          return promise;
        },
        // Not handed on: that would destroy the request, and the response could not be sent.
        return() {
          clearTimeout(timer);
          return Promise.resolve({ done: true, value: undefined });
        },
      };
    },
  };
}

/** The response to a body over the limit. */
export function tooLarge({ maxBytes }: BodyLimits): HttpError {
  return new HttpError(413, `Cannot read request: it is larger than ${maxBytes} bytes`);
}

function tooSlow({ timeoutMs }: BodyLimits): HttpError {
  return new HttpError(408, `Cannot read request: incomplete after ${timeoutMs} ms`);
}

const EMPTY = new Uint8Array();

/** Grows by doubling, however small the chunks are. */
function withRoom(buffer: Uint8Array, have: number, needed: number): Uint8Array {
  if (buffer.length >= needed) return buffer;
  const grown = new Uint8Array(Math.max(needed, 2 * have));
  grown.set(buffer.subarray(0, have));
  return grown;
}
