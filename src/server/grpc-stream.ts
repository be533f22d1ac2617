import { Code, ConnectError } from "@connectrpc/connect";
import type { UniversalServerResponse } from "@connectrpc/connect/protocol";
import type { DiscoveryStream } from "../stream/mod.ts";
import { scheduleFlush } from "./flush-queue.ts";
import { FrameReader } from "./frame-reader.ts";
import { clientError, statusTrailer } from "./grpc-status.ts";
import { grpcTimeoutMs } from "./grpc-timeout.ts";

/** What a {@link GrpcStream} needs. */
export interface GrpcStreamOptions {
  readonly header: Headers;
  readonly body: AsyncIterable<Uint8Array>;
  /** Aborts when the client has gone, whether it said so or not. */
  readonly signal: AbortSignal;
  /** The largest request, in bytes. */
  readonly maxRequestBytes: number;
  /** How long the rest of a request may take once it began. */
  readonly requestTimeoutMs: number;
  /** Called once, when the stream is over: with why, or without anything if the client half-closed it. */
  readonly onEnd: (reason: unknown) => void;
}

/**
 * One gRPC stream: moves bytes between an HTTP exchange and a discovery stream, which it owns from {@link start} on.
 *
 * Reading never waits for writing. As the response body it is an iterator written by hand, since an async generator
 * costs several promises for each message.
 */
export class GrpcStream implements AsyncIterableIterator<Uint8Array> {
  readonly #options: GrpcStreamOptions;
  readonly #trailer = new Headers();
  readonly #reader: FrameReader;
  readonly #onAbort = (): void => this.end(goneError(this.#options.signal.reason));
  readonly #onMessage = (message: Uint8Array): void => this.#receive(message);
  #stream: DiscoveryStream | undefined;
  #waiting: ((result: IteratorResult<Uint8Array>) => void) | undefined;
  #deadline: Timer | undefined;
  #unfinished: Timer | undefined;
  #due: Timer | undefined;
  #dueAt: number | undefined;
  #halfClosed = false;
  #ended = false;

  constructor(options: GrpcStreamOptions) {
    this.#options = options;
    this.#reader = new FrameReader(options.maxRequestBytes);
  }

  /** The response to hand to the adapter. It may be taken before the stream starts. */
  get response(): UniversalServerResponse {
    const header = new Headers({ "content-type": this.#options.header.get("content-type") ?? "application/grpc" });
    return { status: 200, header, body: this, trailer: this.#trailer };
  }

  /** Begins to read requests. */
  start(stream: DiscoveryStream): void {
    this.#stream = stream;
    const { header, signal } = this.#options;
    if (signal.aborted) return this.#onAbort();
    signal.addEventListener("abort", this.#onAbort);
    const timeoutMs = grpcTimeoutMs(header.get("grpc-timeout"));
    if (timeoutMs !== undefined) this.#deadline = setTimeout(() => this.end(deadlineError()), timeoutMs);
    void this.#read();
  }

  /** Tells that there may be something to write. Cheap, and never writes at once. */
  wake(): void {
    if (this.#waiting !== undefined) scheduleFlush(this);
  }

  flush(): void {
    const resolve = this.#waiting;
    if (resolve === undefined) return;
    const frame = this.#take();
    if (frame === undefined) return;
    this.#waiting = undefined;
    resolve({ done: false, value: frame });
  }

  /** Ends the stream, once: frees what it holds and sends the status, OK if there is no reason for another. */
  end(reason?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#deadline);
    clearTimeout(this.#unfinished);
    clearTimeout(this.#due);
    this.#options.signal.removeEventListener("abort", this.#onAbort);
    const fault = closeFault(this.#stream);
    const why = reason ?? fault;
    const error = why === undefined ? undefined : clientError(why);
    statusTrailer(error).forEach((value, name) => this.#trailer.set(name, value));
    this.#waiting?.(DONE);
    this.#waiting = undefined;
    this.#options.onEnd(why);
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    const frame = this.#take();
    if (frame !== undefined) return Promise.resolve({ done: false, value: frame });
    if (this.#ended) return Promise.resolve(DONE);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  /** The adapter stopped writing. */
  return(): Promise<IteratorResult<Uint8Array>> {
    this.end(goneError(undefined));
    return Promise.resolve(DONE);
  }

  /** The adapter could not write. */
  throw(reason: unknown): Promise<IteratorResult<Uint8Array>> {
    this.end(goneError(reason));
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The next frame. What was ready when the client half-closed is sent still, so that a one-shot client gets it. */
  #take(): Uint8Array | undefined {
    if (this.#ended) return undefined;
    try {
      const frame = this.#stream?.next(performance.now())?.frame;
      if (frame === undefined && this.#halfClosed) this.end();
      else if (frame === undefined) this.#wakeAt(this.#stream?.dueAt);
      return frame;
    } catch (error) {
      this.end(error);
      return undefined;
    }
  }

  /** Sees to it that the stream is asked again at a time, and not at the one before it. */
  #wakeAt(time: number | undefined): void {
    if (time === this.#dueAt) return;
    this.#dueAt = time;
    clearTimeout(this.#due);
    if (time === undefined) return;
    this.#due = setTimeout(() => {
      this.#dueAt = undefined;
      this.wake();
    }, Math.ceil(time - performance.now()));
  }

  async #read(): Promise<void> {
    const { body, signal } = this.#options;
    try {
      // Not `for await`: to leave that destroys the request, and the status could not be sent.
      const chunks = body[Symbol.asyncIterator]();
      while (!this.#ended) {
        const chunk = await chunks.next();
        // The body of a request that the client resets ends as well; the signal for that comes a moment later.
        if (chunk.done === true) return void setTimeout(() => this.#bodyEnded(), RESET_SIGNAL_MS);
        this.#push(chunk.value);
      }
    } catch (error) { // the body failed: Deno tells of a reset by this, before the signal does
      this.end(goneError(signal.aborted ? signal.reason : error));
    }
  }

  #push(chunk: Uint8Array): void {
    if (this.#ended) return;
    try {
      this.#reader.push(chunk, this.#onMessage);
    } catch (error) {
      return this.end(error);
    }
    if (!this.#reader.partial || this.#unfinished !== undefined || this.#ended) return;
    const { requestTimeoutMs } = this.#options;
    this.#unfinished = setTimeout(() => this.end(unfinishedError(requestTimeoutMs)), requestTimeoutMs);
  }

  #receive(message: Uint8Array): void {
    if (this.#ended) return;
    clearTimeout(this.#unfinished);
    this.#unfinished = undefined;
    this.#stream?.receive(message);
  }

  #bodyEnded(): void {
    if (this.#reader.partial) {
      return this.end(new ConnectError("Cannot read request: the body ended inside a message", Code.InvalidArgument));
    }
    this.#halfClosed = true;
    this.wake();
  }
}

/** How long after the end of the body a reset may still show: more than it takes, and little for a last status. */
const RESET_SIGNAL_MS = 10;

type Timer = ReturnType<typeof setTimeout>;

const DONE: IteratorResult<Uint8Array> = Object.freeze({ done: true, value: undefined });

function closeFault(stream: DiscoveryStream | undefined): unknown {
  try {
    stream?.close();
    return undefined;
  } catch (error) { // a cache may be the user's own
    return error;
  }
}

function goneError(reason: unknown): ConnectError {
  if (reason instanceof ConnectError) return reason;
  return new ConnectError("Client closed the stream", Code.Canceled, undefined, undefined, reason);
}

function deadlineError(): ConnectError {
  return new ConnectError("Cannot continue stream: its grpc-timeout has passed", Code.DeadlineExceeded);
}

function unfinishedError(timeoutMs: number): ConnectError {
  return new ConnectError(`Cannot read request: incomplete after ${timeoutMs} ms`, Code.DeadlineExceeded);
}
