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
  /** What distinguishes it from other errors. */
  override readonly name = "ProtocolError";
  /** The status that the stream ends with. */
  readonly code: ProtocolErrorCode;

  /**
   * Makes an error that ends the stream.
   *
   * @param code - the status that the stream ends with
   * @param message - sent to the client with the code
   */
  constructor(code: ProtocolErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
