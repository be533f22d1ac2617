import type { UniversalServerResponse } from "@connectrpc/connect/protocol";
import { RESET } from "../reset.ts";
import type { StreamRequest } from "./methods.ts";
import { SLICE_BYTES } from "./slices.ts";
import type { ServedStream, StreamTransport } from "./transport.ts";

/**
 * The transport of a stream that goes by a Connect router, with bodies that are async iterables.
 *
 * As the response body it is an iterator written by hand, since an async generator costs several promises for each
 * message.
 */
export class RouterTransport implements StreamTransport, AsyncIterableIterator<Uint8Array> {
  readonly #request: StreamRequest;
  readonly #trailer = new Headers();
  readonly #onAbort = (): void => this.#stream?.disconnected(this.#request.signal.reason);
  #stream: ServedStream | undefined = undefined;
  #waiting: ((result: IteratorResult<Uint8Array>) => void) | undefined = undefined;
  /** The part of a large frame that the adapter has not taken. */
  #rest: Uint8Array | undefined = undefined;
  /** Resolves when the next chunk may be read. */
  #paused: PromiseWithResolvers<void> | undefined = undefined;
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
  start(stream: ServedStream): void {
    this.#stream = stream;
    const { signal } = this.#request;
    if (signal.aborted) return this.#onAbort();
    signal.addEventListener("abort", this.#onAbort);
    void this.#read(stream);
  }

  write(frame: Uint8Array): boolean {
    const resolve = this.#waiting!;
    this.#waiting = undefined;
    resolve(this.#take(frame));
    return false;
  }

  end(trailer: Headers): void {
    this.#ended = true;
    this.resume();
    trailer.forEach((value, name) => this.#trailer.set(name, value));
    if (this.#waiting === undefined) return; // the adapter still writes a frame
    this.#finish();
    this.#waiting(DONE);
    this.#waiting = undefined;
  }

  /** An adapter of another package waits for the client and cannot be interrupted: its buffer lives as long as the connection. */
  abort(): void {
    this.#rest = undefined;
    this.#request.contextValues?.get(RESET)?.();
  }

  /** An adapter of another package does not show its connection. */
  leave(): void {}

  get unreadBytes(): number {
    return 0; // nothing is taken from the adapter while it is paused
  }

  pause(): void {
    this.#paused ??= Promise.withResolvers();
  }

  resume(): void {
    this.#paused?.resolve();
    this.#paused = undefined;
  }

  /** The adapter has written what it took before. */
  next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#rest !== undefined) {
      this.#stream?.progress();
      return Promise.resolve(this.#take(this.#rest));
    }
    if (this.#ended) {
      this.#stream?.sent();
      this.#finish();
      return Promise.resolve(DONE);
    }
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#stream?.sent();
      this.#stream?.writable();
    });
  }

  /** The adapter stopped writing. */
  return(): Promise<IteratorResult<Uint8Array>> {
    return this.#lost();
  }

  /** The adapter could not write. */
  throw(reason: unknown): Promise<IteratorResult<Uint8Array>> {
    return this.#lost(reason);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(frame: Uint8Array): IteratorResult<Uint8Array> {
    this.#rest = frame.length > SLICE_BYTES ? frame.subarray(SLICE_BYTES) : undefined;
    return { done: false, value: this.#rest === undefined ? frame : frame.subarray(0, SLICE_BYTES) };
  }

  #lost(reason?: unknown): Promise<IteratorResult<Uint8Array>> {
    this.#rest = undefined;
    this.#stream?.disconnected(reason);
    this.#finish();
    return Promise.resolve(DONE);
  }

  #finish(): void {
    this.#request.signal.removeEventListener("abort", this.#onAbort);
  }

  async #read(stream: ServedStream): Promise<void> {
    const { body, signal } = this.#request;
    try {
      // Not `for await`: to leave that destroys the request, and the status could not be sent.
      const chunks = body[Symbol.asyncIterator]();
      while (!stream.ended) {
        if (this.#paused !== undefined) await this.#paused.promise;
        const chunk = await chunks.next();
        if (chunk.done === true) return stream.bodyEnded();
        stream.push(chunk.value);
      }
    } catch (error) { // the body failed: in Deno that is how a reset arrives, before the signal aborts
      stream.disconnected(signal.aborted ? signal.reason : error);
    }
  }
}

const DONE: IteratorResult<Uint8Array> = Object.freeze({ done: true, value: undefined });
