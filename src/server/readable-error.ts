import { ConnectError } from "@connectrpc/connect";

/**
 * What code of the user has thrown, as something that can be read without an error: it may be a proxy, have getters that
 * throw, or be nothing at all.
 */
export function readableError(thrown: unknown): NonNullable<unknown> {
  try {
    if (thrown === undefined || thrown === null) return new Error(`A callback or a cache threw ${thrown}`);
    if (thrown instanceof Error) readAll(thrown);
    else String(thrown);
    return thrown;
  } catch {
    return unreadable();
  }
}

/** The same for a log, which reads the stack as well. That has a cost, which only a fault is worth. */
export function readableFault(thrown: unknown): NonNullable<unknown> {
  const error = readableError(thrown);
  try {
    if (error instanceof Error) String(error.stack);
    return error;
  } catch {
    return unreadable();
  }
}

function unreadable(): Error {
  return new Error("A callback or a cache threw a value that cannot be read");
}

/** Reads what a status is made from. */
function readAll(error: Error): void {
  const { name, message } = error;
  `${name}${message}`;
  if (!(error instanceof ConnectError)) return;
  const { code, rawMessage, metadata, details } = error;
  `${code}${rawMessage}${details.length}`;
  metadata.forEach(() => {});
}
