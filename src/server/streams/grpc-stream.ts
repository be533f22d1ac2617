import { Code, ConnectError } from "@connectrpc/connect";
import type { DiscoveryStream } from "../../stream/mod.ts";
import type { Backlog, Laggard } from "./send-budget.ts";
import { scheduleFlush } from "./flush-queue.ts";
import { FrameReader } from "./frame-reader.ts";
import { clientError, statusTrailer } from "../client-error.ts";
import { grpcTimeoutMs } from "./grpc-timeout.ts";

/** Where a {@link GrpcStream} writes to. */
export interface GrpcSink {
  /** Sends a frame. @returns whether another may follow at once; if not, `writable` says when */
  write(frame: Uint8Array): boolean;
  /** Ends the response, once; nothing is written afterwards. */
  end(trailer: Headers): void;
  /** Drops what has not been sent. */
  abort(): void;
}

/** What a {@link GrpcStream} needs. */
export interface GrpcStreamOptions {
  readonly sink: GrpcSink;
  readonly backlog: Backlog;
  /** The header `grpc-timeout`, if there is one. */
  readonly timeout: string | null;
  /** The largest request, in bytes. */
  readonly maxRequestBytes: number;
  /** How long the rest of a request may take once it began. */
  readonly requestTimeoutMs: number;
  /** Called once, when the stream is over: with why, or without anything if the client half-closed it. */
  readonly onEnd: (reason: unknown) => void;
}

/**
 * One gRPC stream: gRPC's framing between the bytes of an HTTP exchange and a discovery stream, which it owns from
 * {@link start} on. There are no promises in it, and reading never waits for writing.
 */
export class GrpcStream implements Laggard {
  readonly #options: GrpcStreamOptions;
  readonly #reader: FrameReader;
  readonly #onMessage = (message: Uint8Array): void => this.#receive(message);
  #stream: DiscoveryStream | undefined = undefined;
  #writable = false;
  /** What the sink was given and has not sent, oldest first. */
  #unsent: Uint8Array[] = [];
  #deadline: Timer | undefined = undefined;
  #unfinished: Timer | undefined = undefined;
  #due: Timer | undefined = undefined;
  #dueAt: number | undefined = undefined;
  #halfClosed = false;
  #ended = false;

  constructor(options: GrpcStreamOptions) {
    this.#options = options;
    this.#reader = new FrameReader(options.maxRequestBytes);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** From here on requests may come. */
  start(stream: DiscoveryStream): void {
    this.#stream = stream;
    const timeoutMs = grpcTimeoutMs(this.#options.timeout);
    if (timeoutMs !== undefined) this.#deadline = setTimeout(() => this.end(deadlineError()), timeoutMs);
  }

  /** The sink takes the next frame. */
  writable(): void {
    this.#writable = true;
    this.flush();
  }

  /** Tells that there may be something to write. Cheap, and never writes at once. */
  wake(): void {
    if (this.#writable) scheduleFlush(this);
  }

  flush(): void {
    const { sink, backlog } = this.#options;
    while (this.#writable && backlog.admits(this)) {
      const frame = this.#take();
      if (frame === undefined) return;
      this.#unsent.push(frame);
      backlog.add(this, frame);
      this.#writable = sink.write(frame);
    }
  }

  /** The sink has sent a part of what it was given. */
  progress(): void {
    if (!this.#ended) this.#options.backlog.progress(this);
  }

  /** The sink has sent the oldest frame that it was given. */
  sent(): void {
    const frame = this.#unsent.shift();
    if (frame !== undefined) this.#options.backlog.remove(this, frame, this.#unsent.length);
  }

  cut(stalledMs: number): void {
    this.end(stalledError(stalledMs));
    this.#options.sink.abort();
  }

  /** Ends the stream, once: frees what it holds and sends the status, OK if there is no reason for another. */
  end(reason?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#writable = false;
    clearTimeout(this.#deadline);
    clearTimeout(this.#unfinished);
    clearTimeout(this.#due);
    this.#forget();
    const fault = closeFault(this.#stream);
    const why = reason ?? fault;
    this.#options.sink.end(statusTrailer(why === undefined ? undefined : clientError(why)));
    this.#options.onEnd(why);
  }

  /** The client, or the way to it, is gone. */
  gone(reason?: unknown): void {
    if (!this.#ended) this.end(goneError(reason));
  }

  /** Takes a part of the request body, which is not kept. */
  push(chunk: Uint8Array): void {
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

  /** The request body has ended. That of a request which the client resets does as well, a moment before it shows. */
  bodyEnded(): void {
    setTimeout(() => this.#halfClose(), RESET_SIGNAL_MS);
  }

  #forget(): void {
    const { backlog } = this.#options;
    const unsent = this.#unsent;
    this.#unsent = [];
    backlog.forget(this);
    for (const frame of unsent) backlog.remove(this, frame, 0);
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

  #receive(message: Uint8Array): void {
    if (this.#ended) return;
    if (this.#unfinished !== undefined) {
      clearTimeout(this.#unfinished);
      this.#unfinished = undefined;
    }
    this.#stream?.receive(message);
  }

  #halfClose(): void {
    if (this.#ended) return;
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

function stalledError(stalledMs: number): ConnectError {
  return new ConnectError(`Client has read nothing for ${Math.round(stalledMs)} ms`, Code.ResourceExhausted);
}

function deadlineError(): ConnectError {
  return new ConnectError("Cannot continue stream: its grpc-timeout has passed", Code.DeadlineExceeded);
}

function unfinishedError(timeoutMs: number): ConnectError {
  return new ConnectError(`Cannot read request: incomplete after ${timeoutMs} ms`, Code.DeadlineExceeded);
}
