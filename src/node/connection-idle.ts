import type { Http2Stream } from "node:http2";

/** The part of a session that may be idle. */
export interface IdleSession {
  close(): void;
  destroy(): void;
  on(event: "stream", listener: (stream: Pick<Http2Stream, "on">) => void): unknown;
  once(event: "close", listener: () => void): unknown;
}

/**
 * Closes a session that has had no stream for a time, in milliseconds. The client gets a GOAWAY first.
 *
 * @param onIdle - called when it is closed for that
 */
export function closeIdle(session: IdleSession, timeoutMs: number, onIdle: () => void): void {
  let streams = 0;
  let idleSince = performance.now();
  let timer = setTimeout(check, timeoutMs).unref();
  // One timer, which is not set anew for each poll.
  function check(): void {
    const restMs = streams > 0 ? timeoutMs : idleSince + timeoutMs - performance.now();
    if (restMs > 0) {
      timer = setTimeout(check, Math.ceil(restMs)).unref();
      return;
    }
    onIdle();
    session.close();
    timer = setTimeout(() => session.destroy(), GRACE_MS).unref();
  }
  function onStreamClose(): void {
    if (--streams === 0) idleSince = performance.now();
  }
  session.on("stream", (stream) => {
    streams++;
    stream.on("close", onStreamClose);
  });
  session.once("close", () => clearTimeout(timer));
}

/** For the GOAWAY to be read, and for a stream that the client has opened meanwhile. */
const GRACE_MS = 1000;
