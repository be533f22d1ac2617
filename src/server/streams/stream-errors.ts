import { Code, ConnectError } from "@connectrpc/connect";
import { exceeding } from "../limits/limit-counts.ts";

/** For a stream whose client has ended it, or was lost. */
export function disconnected(reason: unknown): ConnectError {
  if (reason instanceof ConnectError) return reason;
  return new ConnectError("Client closed the stream", Code.Canceled, undefined, undefined, reason);
}

/** For a client that has read nothing. The budget of unread bytes counts it. */
export function stalled(stalledMs: number): ConnectError {
  return new ConnectError(`Client has read nothing for ${Math.round(stalledMs)} ms`, Code.ResourceExhausted);
}

/** For a stream that has been open for as long as its client said. */
export function deadlinePassed(): ConnectError {
  return new ConnectError("Cannot continue stream: its grpc-timeout has passed", Code.DeadlineExceeded);
}

/** For a client that has sent no request. */
export function silent(timeoutMs: number): ConnectError {
  const text = `Client has sent no request for ${timeoutMs} ms`;
  return exceeding("firstRequestTimeoutMs", new ConnectError(text, Code.DeadlineExceeded));
}

/** For a client that has sent a part of a request. */
export function incomplete(timeoutMs: number): ConnectError {
  const text = `Cannot read request: incomplete after ${timeoutMs} ms`;
  return exceeding("requestTimeoutMs", new ConnectError(text, Code.DeadlineExceeded));
}

/** For a stream of a server that drains or is closed. */
export function shuttingDown(): ConnectError {
  return new ConnectError("Server is shutting down", Code.Unavailable);
}

/** For a stream of a connection that is closed because of its age. The listener counts it, once for a connection. */
export function connectionTooOld(): ConnectError {
  return new ConnectError("Cannot continue stream: its connection has become too old; connect again", Code.Unavailable);
}
