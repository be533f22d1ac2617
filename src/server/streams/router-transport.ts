import type { UniversalServerResponse } from "@connectrpc/connect/protocol";
import type { GrpcSink, GrpcStream } from "./grpc-stream.ts";
import type { StreamRequest } from "./methods.ts";

/**
 * The exchange behind a gRPC stream, as a Connect router has it: with bodies that are async iterables.
 *
 * As the response body it is an iterator written by hand, since an async generator costs several promises for each
 * message.
 */
export class UniversalExchange implements GrpcSink, AsyncIterableIterator<Uint8Array> {
  readonly #request: StreamRequest;
  readonly #trailer = new Headers();
  readonly #onAbort = (): void => this.#stream?.gone(this.#request.signal.reason);
  #stream: GrpcStream | undefined = undefined;
  #waiting: ((result: IteratorResult<Uint8Array>) => void) | undefined = undefined;
  #ended = false;

  constructor(request: StreamRequest) {
    this.#request = request;
  }

  /** The response to hand to the adapter. It may be taken before the stream starts. */
  get response(): UniversalServerResponse {
    const header = new Headers({ "content-type": this.#request.header.get("content-type") ?? "application/grpc" });
    return { status: 200, header, body: this, trailer: this.#trailer };
  }

  /** Begins to read requests. */
  start(stream: GrpcStream): void {
    this.#stream = stream;
    const { signal } = this.#request;
    if (signal.aborted) return this.#onAbort();
    signal.addEventListener("abort", this.#onAbort);
    void this.#read(stream);
  }

  write(frame: Uint8Array): boolean {
    const resolve = this.#waiting!;
    this.#waiting = undefined;
    resolve({ done: false, value: frame });
    return false;
  }

  end(trailer: Headers): void {
    this.#ended = true;
    this.#request.signal.removeEventListener("abort", this.#onAbort);
    trailer.forEach((value, name) => this.#trailer.set(name, value));
    this.#waiting?.(DONE);
    this.#waiting = undefined;
  }

  /** The adapter waits for the client, and cannot be told not to. What it has goes with the connection. */
  abort(): void {}

  next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#ended) return Promise.resolve(DONE);
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#stream?.sent();
      this.#stream?.writable();
    });
  }

  /** The adapter stopped writing. */
  return(): Promise<IteratorResult<Uint8Array>> {
    this.#stream?.gone();
    return Promise.resolve(DONE);
  }

  /** The adapter could not write. */
  throw(reason: unknown): Promise<IteratorResult<Uint8Array>> {
    this.#stream?.gone(reason);
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #read(stream: GrpcStream): Promise<void> {
    const { body, signal } = this.#request;
    try {
      // Not `for await`: to leave that destroys the request, and the status could not be sent.
      const chunks = body[Symbol.asyncIterator]();
      while (!stream.ended) {
        const chunk = await chunks.next();
        if (chunk.done === true) return stream.bodyEnded();
        stream.push(chunk.value);
      }
    } catch (error) { // the body failed: Deno tells of a reset by this, before the signal does
      stream.gone(signal.aborted ? signal.reason : error);
    }
  }
}

const DONE: IteratorResult<Uint8Array> = Object.freeze({ done: true, value: undefined });
