import type { Http2Stream } from "node:http2";

/** The part of a session that may be idle. */
export interface IdleSession {
  on(event: "stream", listener: (stream: Pick<Http2Stream, "on">) => void): unknown;
  once(event: "close", listener: () => void): unknown;
}

/** Calls back once a session has had no stream for a time, in milliseconds. */
export function whenIdle(session: IdleSession, timeoutMs: number, onIdle: () => void): void {
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
