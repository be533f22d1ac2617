import { once } from "node:events";
import type { Socket } from "node:net";

/** Types of HTTP/2 frames. */
export const FRAME = {
  data: 0,
  headers: 1,
  priority: 2,
  rst: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
  unknown: 0x77,
} as const;

export const END_STREAM = 1;
export const ACK = 1;
export const END_HEADERS = 4;
export const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** One frame. */
export function frameOf(type: number, stream: number, { flags = 0, payload = EMPTY }: FrameOptions = {}): Buffer {
  const frame = Buffer.allocUnsafe(9 + payload.length);
  frame.writeUIntBE(payload.length, 0, 3);
  frame[3] = type;
  frame[4] = flags;
  frame.writeUInt32BE(stream, 5);
  frame.set(payload, 9);
  return frame;
}

/** The parts of a frame that have a default. */
export interface FrameOptions {
  readonly flags?: number;
  readonly payload?: Uint8Array;
}

/** A number as four bytes: an error code, or an increment of a window. */
export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A header as an HPACK literal that is not indexed. */
export function literal(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.of(0), hpackString(name), hpackString(value)]);
}

/** The headers of a request for a path, each a literal that enters the dynamic table, so that {@link REPEATED} is it again. */
export function requestBlock(path: string, contentType = "application/grpc", authority = "localhost"): Buffer {
  const indexed = [[0x44, path], [0x41, authority], [0x5f, contentType]] as const;
  return Buffer.concat([
    Buffer.of(0x83, 0x86), // :method: POST, :scheme: http
    ...indexed.map(([first, value]) => Buffer.concat([Buffer.of(first), hpackString(value)])),
    Buffer.concat([Buffer.of(0x40), hpackString("te"), hpackString("trailers")]),
  ]);
}

/** The same headers again, in six bytes. */
export const REPEATED = Buffer.of(0x83, 0x86, 0x80 | 65, 0x80 | 64, 0x80 | 63, 0x80 | 62);

/** A connection that sends frames of any kind, and knows of those that arrive their kind, but not their headers. */
export class RawHttp2 {
  readonly socket: Socket;
  /** Responses have begun on so many streams. */
  responses = 0;
  /** Streams that have ended by the server, with the code if they were reset. */
  readonly ended = new Map<number, number | undefined>();
  readonly pingAcks: Buffer[] = [];
  dataBytes = 0;
  goaway: number | undefined = undefined;
  closed = false;
  /** Acknowledges pings and settings. */
  responsive = true;
  /** Widens windows by what has arrived. */
  reading: boolean;
  readonly #ended: Promise<void>;
  #rest: Buffer = EMPTY as Buffer;
  #next = 1;
  #drained: Promise<unknown> | undefined = undefined;

  /** @param reading - false: it sends no WINDOW_UPDATE, so that it reads 64 KiB at most */
  constructor(socket: Socket, { reading = true } = {}) {
    this.socket = socket;
    this.reading = reading;
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.on("error", () => {}).once("close", () => this.closed = true);
    this.#ended = new Promise((resolve) => socket.once("close", () => resolve()));
  }

  /** Sends the preface and settings. */
  start(settings: Uint8Array = EMPTY): Promise<void> {
    return this.send(PREFACE, frameOf(FRAME.settings, 0, { payload: settings }));
  }

  /** The id of the next stream. */
  nextStream(): number {
    const stream = this.#next;
    this.#next += 2;
    return stream;
  }

  /** Frames that open a stream with a body. @param isFirst - false: the headers are those before */
  open(path: string, body: Uint8Array = EMPTY, { contentType, end = false, block }: OpenOptions = {}): Buffer {
    const stream = this.nextStream();
    const payload = block ?? (stream === 1 ? requestBlock(path, contentType) : REPEATED);
    const flags = END_HEADERS | (end && body.length === 0 ? END_STREAM : 0);
    const frames = [frameOf(FRAME.headers, stream, { flags, payload })];
    for (let at = 0; at < body.length; at += MAX_FRAME) {
      const isLast = at + MAX_FRAME >= body.length;
      const part = body.subarray(at, at + MAX_FRAME);
      frames.push(frameOf(FRAME.data, stream, { flags: end && isLast ? END_STREAM : 0, payload: part }));
    }
    return Buffer.concat(frames);
  }

  /** Writes bytes, and resolves once the system has taken them or the connection has closed. */
  async send(...frames: readonly Uint8Array[]): Promise<void> {
    if (this.closed) return;
    const taken = this.socket.write(frames.length === 1 ? frames[0]! : Buffer.concat(frames));
    if (taken) return;
    // One for all that wait.
    this.#drained ??= once(this.socket, "drain").catch(() => {}).finally(() => this.#drained = undefined);
    await Promise.race([this.#drained, this.#ended]);
  }

  /** Waits until the connection has closed, at most so many milliseconds. @returns whether it has */
  async untilClosed(ms = 60_000): Promise<boolean> {
    return await until(() => this.closed, ms);
  }

  #receive(chunk: Buffer): void {
    let rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    for (
      let length;
      rest.length >= 9 && rest.length >= 9 + (length = rest.readUIntBE(0, 3));
      rest = rest.subarray(9 + length)
    ) {
      this.#handle(rest[3]!, rest[4]!, rest.readUInt32BE(5), rest.subarray(9, 9 + length));
    }
    this.#rest = rest;
  }

  #handle(type: number, flags: number, stream: number, payload: Buffer): void {
    if (type === FRAME.headers && !this.ended.has(stream)) this.responses++;
    if ((type === FRAME.headers || type === FRAME.data) && (flags & END_STREAM) !== 0) {
      this.ended.set(stream, undefined);
    }
    if (type === FRAME.data) {
      this.dataBytes += payload.length;
      if (this.reading && payload.length > 0) {
        const update = { payload: uint32(payload.length) };
        void this.send(frameOf(FRAME.windowUpdate, 0, update), frameOf(FRAME.windowUpdate, stream, update));
      }
    } else if (type === FRAME.rst) this.ended.set(stream, payload.readUInt32BE(0));
    else if (type === FRAME.goaway) this.goaway = payload.readUInt32BE(4);
    else if (type === FRAME.ping && (flags & ACK) !== 0) this.pingAcks.push(payload);
    else if (type === FRAME.ping && this.responsive) void this.send(frameOf(FRAME.ping, 0, { flags: ACK, payload }));
    else if (type === FRAME.settings && (flags & ACK) === 0 && this.responsive) {
      void this.send(frameOf(FRAME.settings, 0, { flags: ACK }));
    }
  }
}

/** How a stream is opened. */
export interface OpenOptions {
  readonly contentType?: string;
  /** Ends the request. */
  readonly end?: boolean;
  /** Its headers. */
  readonly block?: Uint8Array;
}

/** Waits until something holds, at most so many milliseconds. @returns whether it does */
export async function until(holds: () => boolean | Promise<boolean>, ms: number): Promise<boolean> {
  const end = performance.now() + ms;
  while (!await holds()) {
    if (performance.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

const EMPTY: Uint8Array = Buffer.alloc(0);
const MAX_FRAME = 16_384;

function hpackString(text: string): Buffer {
  const bytes = Buffer.from(text, "latin1");
  return Buffer.concat([hpackLength(bytes.length), bytes]);
}

/** A length with a prefix of 7 bits. */
function hpackLength(length: number): Buffer {
  if (length < 127) return Buffer.of(length);
  const bytes = [127];
  let rest = length - 127;
  for (; rest >= 128; rest >>>= 7) bytes.push(rest & 127 | 128);
  return Buffer.from([...bytes, rest]);
}
