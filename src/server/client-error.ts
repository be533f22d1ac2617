import { Code, ConnectError } from "@connectrpc/connect";
import { setTrailerStatus } from "@connectrpc/connect/protocol-grpc";
import { ProtocolError } from "../stream/mod.ts";

/** The trailers that end a gRPC response: OK without an error. */
export function statusTrailer(error?: ConnectError): Headers {
  try {
    return setTrailerStatus(new Headers(), error);
  } catch { // a message with lone surrogates cannot be percent-encoded
    return new Headers({ "grpc-status": String(error?.code ?? Code.Internal), "grpc-message": INTERNAL_TEXT });
  }
}

/**
 * What a client is told of an error. The text of an error that is not meant for clients stays here, for it may name
 * what they should not know.
 */
export function clientError(reason: unknown): ConnectError {
  if (reason instanceof ConnectError) return reason;
  if (reason instanceof ProtocolError) return new ConnectError(reason.message, CODES[reason.code]);
  return new ConnectError(INTERNAL_TEXT, Code.Internal, undefined, undefined, reason);
}

/** Whether an error is one that clients are told of as it is; any other is a fault of the server or its hooks. */
export function isForClient(reason: unknown): boolean {
  return reason instanceof ConnectError || reason instanceof ProtocolError;
}

const INTERNAL_TEXT = "Internal error";

const CODES: Readonly<Record<ProtocolError["code"], Code>> = {
  invalid_argument: Code.InvalidArgument,
  resource_exhausted: Code.ResourceExhausted,
  unavailable: Code.Unavailable,
  permission_denied: Code.PermissionDenied,
  unimplemented: Code.Unimplemented,
  internal: Code.Internal,
};
