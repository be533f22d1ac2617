import { type DescMessage, type DescMethod, fromBinary, type MessageShape } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { ProtocolError } from "../../stream/mod.ts";
import type { GatedMessages } from "../identity/request-gate.ts";
import type { MessageStream } from "../streams/message-stream.ts";

/** A method of a standard service. */
export interface ServiceMethod {
  readonly method: DescMethod;
  open(context: CallContext): ServiceCall;
}

/** One call of such a method. */
export interface ServiceCall<R extends object = object> extends MessageStream, GatedMessages<R> {}

/** What the server gives to each call. */
export interface CallContext {
  /** The longest name that a request may have, in characters. */
  readonly maxNameLength: number;
  /** The call may have a message to send. */
  wake(): void;
  /** No more requests are to be read. */
  pause(): void;
  /** Reading continues. */
  resume(): void;
  /**
   * Adds to what clients hold, in bytes; a negative number frees.
   *
   * @throws ProtocolError where all of them hold too much
   */
  hold(bytes: number): void;
  /** Reports a fault of the server that does not end the call. */
  fault(error: unknown): void;
}

/** Decodes a request. Unknown fields are dropped, since two bytes of them can become an object. @throws ConnectError */
export function decode<D extends DescMessage>(schema: D, message: Uint8Array): MessageShape<D> {
  try {
    return fromBinary(schema, message, { readUnknownFields: false });
  } catch (cause) {
    throw invalid("it cannot be decoded", cause);
  }
}

/** @throws ProtocolError where one of the names is too long */
export function checkNames(names: readonly string[], { maxNameLength }: Pick<CallContext, "maxNameLength">): void {
  if (names.some(({ length }) => length > maxNameLength)) {
    throw new ProtocolError("invalid_argument", `a name may have at most ${maxNameLength} characters`, {
      limit: "maxNameLength",
    });
  }
}

/** The error for a request that is not valid. */
export function invalid(why: string, cause?: unknown): ConnectError {
  return new ConnectError(`Cannot read request: ${why}`, Code.InvalidArgument, undefined, undefined, cause);
}
