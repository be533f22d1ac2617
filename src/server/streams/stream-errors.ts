import { Code, ConnectError } from "@connectrpc/connect";
import { exceeding } from "../limits/limit-counts.ts";

// Why the server ends a stream, as its client gets it.

export function disconnected(reason: unknown): ConnectError {
  if (reason instanceof ConnectError) return reason;
  return new ConnectError("Client closed the stream", Code.Canceled, undefined, undefined, reason);
}

/** The budget of unread bytes counts it. */
export function stalled(stalledMs: number): ConnectError {
  return new ConnectError(`Client has read nothing for ${Math.round(stalledMs)} ms`, Code.ResourceExhausted);
}

export function deadlinePassed(): ConnectError {
  return new ConnectError("Cannot continue stream: its grpc-timeout has passed", Code.DeadlineExceeded);
}

export function silent(timeoutMs: number): ConnectError {
  const text = `Client has sent no request for ${timeoutMs} ms`;
  return exceeding("firstRequestTimeoutMs", new ConnectError(text, Code.DeadlineExceeded));
}

export function incomplete(timeoutMs: number): ConnectError {
  const text = `Cannot read request: incomplete after ${timeoutMs} ms`;
  return exceeding("requestTimeoutMs", new ConnectError(text, Code.DeadlineExceeded));
}

export function shuttingDown(): ConnectError {
  return new ConnectError("Server is shutting down", Code.Unavailable);
}

/** The listener counts it, once for a connection. */
export function connectionTooOld(): ConnectError {
  return new ConnectError("Cannot continue stream: its connection has become too old; connect again", Code.Unavailable);
}
