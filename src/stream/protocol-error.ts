/** Why a stream is ended, in the words of gRPC's status codes. */
export type ProtocolErrorCode =
  | "invalid_argument"
  | "permission_denied"
  | "resource_exhausted"
  | "unimplemented"
  | "unavailable"
  | "internal";

/** Ends the stream on which it happened, and no other; the text is sent to the client. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  readonly code: ProtocolErrorCode;

  constructor(code: ProtocolErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
