import type { ServerHttp2Stream } from "node:http2";

/** Resets the rest of a request once its response is complete: a client that never ends it would hold the stream. */
export function closeWhenSent(stream: ServerHttp2Stream): void {
  stream.once("finish", () => {
    setTimeout(() => {
      if (!stream.closed && !stream.destroyed) stream.close(NO_ERROR);
    }, LINGER_MS).unref();
  });
}

const NO_ERROR = 0;

/** Long enough for a client to close its half by itself. */
const LINGER_MS = 1000;
