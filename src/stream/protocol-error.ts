import type { StreamLimits } from "./limits.ts";

/** Why a stream is ended, in the words of gRPC's status codes. */
export type ProtocolErrorCode =
  | "invalid_argument"
  | "permission_denied"
  | "resource_exhausted"
  | "unimplemented"
  | "unavailable"
  | "internal";

/** A limit of what clients may hold, by the name of its option. */
export type ExceededLimit = keyof StreamLimits | "maxHeldBytes";

/** Options of a {@link ProtocolError}. */
export interface ProtocolErrorOptions extends ErrorOptions {
  /** The limit that was exceeded, if that is the reason. */
  readonly limit?: ExceededLimit;
}

/** Ends the stream on which it happened, and no other; the text is sent to the client. */
export class ProtocolError extends Error {
  /** What distinguishes it from other errors. */
  override readonly name = "ProtocolError";
  /** The status that the stream ends with. */
  readonly code: ProtocolErrorCode;
  /** The limit that was exceeded, if that is the reason. */
  readonly limit: ExceededLimit | undefined;

  /**
   * Makes an error that ends the stream.
   *
   * @param code - the status that the stream ends with
   * @param message - sent to the client with the code
   */
  constructor(code: ProtocolErrorCode, message: string, options?: ProtocolErrorOptions) {
    super(message, options);
    this.code = code;
    this.limit = options?.limit;
  }
}
