import { setImmediate } from "node:timers";
import type { NodeServerRequest } from "./http-types.ts";

/**
 * The body of a request. Chunks that arrive in the same turn of the event loop are joined: the iterator of Node takes
 * several promises for each, and a client may send a byte in each.
 *
 * Invariant: while a reader waits, nothing is buffered, or a wake-up is scheduled.
 */
export class RequestBody implements AsyncIterableIterator<Uint8Array> {
  readonly #request: NodeServerRequest;
  #chunks: Uint8Array[] = [];
  #length = 0;
  #waiting: PromiseWithResolvers<IteratorResult<Uint8Array>> | undefined = undefined;
  #isScheduled = false;
  #isOpen = false;
  #ended = false;
  #error: Error | undefined = undefined;
  readonly #wake = (): void => this.#deliver();

  constructor(request: NodeServerRequest) {
    this.#request = request;
  }

  /** The chunks that have arrived. There is no `return`: to destroy the request would break off the response. */
  next(): Promise<IteratorResult<Uint8Array>> {
    this.#open();
    const waiting = Promise.withResolvers<IteratorResult<Uint8Array>>();
    this.#waiting = waiting;
    if (this.#length > 0 || this.#ended) this.#deliver();
    return waiting.promise;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    const request = this.#request;
    request.on("data", (chunk: Uint8Array) => this.#add(chunk));
    request.once("end", () => this.#end());
    request.once("error", (error: Error) => this.#end(error));
    request.once("close", () => this.#end(new Error("Client has disconnected")));
  }

  #add(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length >= HIGH_WATER_BYTES) this.#request.pause();
    if (this.#waiting === undefined || this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#wake);
  }

  #end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#deliver();
  }

  #deliver(): void {
    this.#isScheduled = false;
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    if (this.#length > 0) waiting.resolve({ done: false, value: this.#take() });
    else if (this.#error !== undefined) waiting.reject(this.#error);
    else waiting.resolve({ done: true, value: undefined });
  }

  #take(): Uint8Array {
    const chunks = this.#chunks;
    const joined = chunks.length === 1 ? chunks[0]! : new Uint8Array(this.#length);
    if (chunks.length > 1) {
      let at = 0;
      for (const chunk of chunks) {
        joined.set(chunk, at);
        at += chunk.length;
      }
    }
    this.#chunks = [];
    this.#length = 0;
    if (!this.#ended) this.#request.resume();
    return joined;
  }
}

/** As much as is read while nothing takes it. */
const HIGH_WATER_BYTES = 64 * 1024;
