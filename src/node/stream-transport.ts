import type { ServerHttp2Stream } from "node:http2";
import type { ServedStream, StreamTransport } from "../server/mod.ts";
import { closeWhenSent } from "./close-when-sent.ts";

/** The transport of a gRPC stream on Node's own HTTP/2 stream: by callbacks alone, and frames are not copied. */
export class Http2Transport implements StreamTransport {
  readonly #http: ServerHttp2Stream;
  #grpc: ServedStream | undefined = undefined;
  #trailer: Headers | undefined = undefined;
  readonly #onProgress = (error?: Error | null): void => void (error || this.#grpc!.progress());
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
    http.on("drain", () => grpc.writable());
    http.once("close", () => grpc.disconnected());
    grpc.writable();
  }

  write(frame: Uint8Array): boolean {
    const http = this.#http;
    if (http.destroyed) return false;
    // In slices, so that the callbacks of writes show the progress of a slow client.
    let at = 0;
    for (; frame.length - at > SLICE_BYTES; at += SLICE_BYTES) {
      http.write(frame.subarray(at, at + SLICE_BYTES), this.#onProgress);
    }
    return http.write(at === 0 ? frame : frame.subarray(at), this.#onSent);
  }

  abort(): void {
    this.#http.close(ENHANCE_YOUR_CALM);
  }

  end(trailer: Headers): void {
    this.#trailer = trailer;
    if (!this.#http.destroyed) this.#http.end();
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

const SLICE_BYTES = 256 * 1024;
const ENHANCE_YOUR_CALM = 11;
