import { Code, ConnectError } from "@connectrpc/connect";
import { ProtocolError } from "../stream/mod.ts";
import { readableError } from "./readable-error.ts";

/**
 * An error as it is sent to clients. The text of an error that is not meant for clients is replaced: it may hold what
 * they must not learn.
 */
export function clientError(thrown: unknown): ConnectError {
  const reason = readableError(thrown);
  if (reason instanceof ConnectError) return reason;
  if (reason instanceof ProtocolError) return new ConnectError(reason.message, CODES[reason.code]);
  return new ConnectError(INTERNAL_TEXT, Code.Internal, undefined, undefined, reason);
}

/** Whether an error is sent to clients as it is; any other is a fault of the server, its cache or its callbacks. */
export function isForClient(thrown: unknown): boolean {
  const reason = readableError(thrown);
  return reason instanceof ConnectError || reason instanceof ProtocolError;
}

/** The text of errors whose own text is not for clients. */
export const INTERNAL_TEXT = "Internal error";

const CODES: Readonly<Record<ProtocolError["code"], Code>> = {
  invalid_argument: Code.InvalidArgument,
  resource_exhausted: Code.ResourceExhausted,
  unavailable: Code.Unavailable,
  permission_denied: Code.PermissionDenied,
  unimplemented: Code.Unimplemented,
  internal: Code.Internal,
};
