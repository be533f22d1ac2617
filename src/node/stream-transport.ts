import type { ServerHttp2Stream } from "node:http2";
import { type ServedStream, SLICE_BYTES, type StreamTransport } from "../server/mod.ts";
import { closeWhenSent } from "./close-when-sent.ts";

/** The transport of a gRPC stream on Node's own HTTP/2 stream: by callbacks alone, and frames are not copied. */
export class Http2Transport implements StreamTransport {
  readonly #http: ServerHttp2Stream;
  #grpc: ServedStream | undefined = undefined;
  #trailer: Headers | undefined = undefined;
  /** The part of a large frame that has not been written. */
  #rest: Uint8Array | undefined = undefined;
  #isPaused = false;
  /** A stream that is reset without an error waits for its request to be read. */
  readonly #onAborted = (): void => void this.#http.destroy();
  readonly #onSlice = (error?: Error | null): void => void (error || this.#nextSlice());
  readonly #onSent = (error?: Error | null): void => void (error || this.#grpc!.sent());

  /** Sends the headers of the response. @throws Error where the client has disconnected */
  constructor(http: ServerHttp2Stream, contentType: string) {
    this.#http = http;
    http.respond({ ":status": 200, "content-type": contentType }, { waitForTrailers: true });
    http.once("wantTrailers", () => this.#sendTrailer());
    closeWhenSent(http);
  }

  /** Begins to read requests. */
  start(grpc: ServedStream): void {
    const http = this.#http;
    this.#grpc = grpc;
    if (grpc.ended) return void http.resume();
    http.on("data", (chunk: Uint8Array) => grpc.push(chunk));
    http.on("end", () => grpc.bodyEnded());
    http.on("drain", () => void (this.#rest === undefined && grpc.writable()));
    http.once("close", () => grpc.disconnected());
    grpc.writable();
  }

  write(frame: Uint8Array): boolean {
    const http = this.#http;
    if (http.destroyed) return false;
    if (frame.length <= SLICE_BYTES) return http.write(frame, this.#onSent);
    this.#writeSlice(frame);
    return false;
  }

  abort(): void {
    this.#rest = undefined;
    this.#http.close(ENHANCE_YOUR_CALM);
  }

  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#http.pause();
    this.#http.once("aborted", this.#onAborted);
  }

  resume(): void {
    this.#isPaused = false;
    this.#http.removeListener("aborted", this.#onAborted);
    this.#http.resume();
  }

  get unreadBytes(): number {
    return this.#http.readableLength;
  }

  leave(): void {
    this.#http.session?.close(); // GOAWAY; open streams stay
  }

  end(trailer: Headers): void {
    this.#trailer = trailer;
    if (this.#isPaused) this.resume(); // what is not read would hold the window of the connection
    if (this.#rest === undefined && !this.#http.destroyed) this.#http.end();
  }

  /** One slice after another: slices that are written together are only reported as sent when all of them are. */
  #writeSlice(rest: Uint8Array): boolean {
    const isLast = rest.length <= SLICE_BYTES;
    this.#rest = isLast ? undefined : rest.subarray(SLICE_BYTES);
    return isLast
      ? this.#http.write(rest, this.#onSent)
      : this.#http.write(rest.subarray(0, SLICE_BYTES), this.#onSlice);
  }

  #nextSlice(): void {
    const rest = this.#rest;
    if (rest === undefined || this.#http.destroyed) return;
    this.#grpc!.progress();
    const mayContinue = this.#writeSlice(rest);
    if (this.#rest !== undefined) return;
    if (this.#trailer !== undefined) this.#http.end();
    else if (mayContinue) this.#grpc!.writable();
  }

  #sendTrailer(): void {
    const headers: Record<string, string> = {};
    this.#trailer?.forEach((value, name) => headers[name] = value);
    try {
      this.#http.sendTrailers(headers);
    } catch {
      // The client has disconnected.
    }
  }
}

const ENHANCE_YOUR_CALM = 11;
