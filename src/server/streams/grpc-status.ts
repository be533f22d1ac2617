import { Code, type ConnectError } from "@connectrpc/connect";
import { setTrailerStatus } from "@connectrpc/connect/protocol-grpc";
import { INTERNAL_TEXT } from "../client-error.ts";

/** The trailers that end a gRPC response: OK without an error. */
export function statusTrailer(error?: ConnectError): Headers {
  try {
    return setTrailerStatus(new Headers(), error);
  } catch { // a message with lone surrogates cannot be percent-encoded
    return new Headers({ "grpc-status": String(error?.code ?? Code.Internal), "grpc-message": INTERNAL_TEXT });
  }
}
