import assert from "node:assert/strict";
import type { ServedStream, StreamTransport } from "../../../src/server/mod.ts";
import { FrameReader } from "../../../src/server/streams/frame-reader.ts";

/** The client of one stream, without a network: it reads all that it is sent. */
export class InProcessStream implements StreamTransport {
  /** The responses that were not taken yet, without their framing. */
  readonly responses: Uint8Array[] = [];
  /** The code with which the stream has ended. */
  status: string | undefined = undefined;
  readonly #reader = new FrameReader(2 ** 30);
  #stream: ServedStream | undefined = undefined;

  /** The stream of the server, once it is open. */
  start(stream: ServedStream): void {
    this.#stream = stream;
    stream.writable();
  }

  write(frame: Uint8Array): boolean {
    assert.equal(this.status, undefined, "nothing is written after the end");
    this.#reader.push(frame, (message) => this.responses.push(message.slice()));
    this.#stream?.sent();
    return true;
  }

  end(trailer: Headers): void {
    assert.equal(this.status, undefined, "a stream ends once");
    this.status = trailer.get("grpc-status") ?? "none";
  }

  readonly unreadBytes = 0;

  abort(): void {}
  leave(): void {}
  pause(): void {}
  resume(): void {}
}
