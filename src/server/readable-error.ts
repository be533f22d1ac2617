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
    return new Error("A callback or a cache threw a value that cannot be read");
  }
}

/** Reads what a log and a status are made from. */
function readAll(error: Error): void {
  const { name, message, stack = "" } = error;
  `${name}${message}${stack}`;
  if (!(error instanceof ConnectError)) return;
  const { code, rawMessage, metadata, details } = error;
  `${code}${rawMessage}${details.length}`;
  metadata.forEach(() => {});
}
