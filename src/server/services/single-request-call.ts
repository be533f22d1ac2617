import { Code, ConnectError } from "@connectrpc/connect";
import type { AccessQuery } from "../../stream/mod.ts";
import { type CallContext, invalid, type ServiceCall } from "./service-call.ts";

/** What a method with one request does. */
export interface SingleRequestMethod<R extends object> {
  /** @throws ConnectError */
  decode(message: Uint8Array): R;
  /** What the request is about, for `authorize`. */
  nameIn(request: R): string;
  /** The request is allowed. @throws ConnectError */
  respond(request: R): Responses;
}

/** The responses to a request. */
export interface Responses {
  /** The next one, framed; undefined for none now. */
  next(): Uint8Array | undefined;
  /** Whether none will follow, where {@link next} has none. */
  readonly isFinished: boolean;
  close(): void;
}

/** One response. */
export function oneResponse(frame: Uint8Array): Responses {
  let rest: Uint8Array | undefined = frame;
  return {
    isFinished: true,
    next() {
      const next = rest;
      rest = undefined;
      return next;
    },
    close() {},
  };
}

/** A call with one request: it ends with the last of its responses, whether or not the client has half-closed it. */
export class SingleRequestCall<R extends object> implements ServiceCall<R> {
  readonly info = undefined;
  readonly dueAt = undefined;
  readonly #method: SingleRequestMethod<R>;
  readonly #context: CallContext;
  #access: readonly AccessQuery[] = [];
  #responses: Responses | undefined = undefined;

  constructor(method: SingleRequestMethod<R>, context: CallContext) {
    this.#method = method;
    this.#context = context;
  }

  receive(message: Uint8Array): void {
    this.take(this.read(message));
  }

  read(message: Uint8Array): R {
    if (this.#access.length > 0) {
      throw new ConnectError("Cannot read request: more than one message", Code.Unimplemented);
    }
    const request = this.#method.decode(message);
    this.#access = [{ typeUrl: "", names: [this.#method.nameIn(request)] }];
    return request;
  }

  addedAccess(): readonly AccessQuery[] {
    return this.#access;
  }

  presentAccess(): readonly AccessQuery[] {
    return this.#responses === undefined ? [] : this.#access;
  }

  take(request: R): void {
    this.#responses = this.#method.respond(request);
    this.#context.wake();
  }

  next(): { readonly frame: Uint8Array } | undefined {
    const frame = this.#responses?.next();
    return frame && { frame };
  }

  isComplete(halfClosed: boolean): boolean {
    if (halfClosed && this.#access.length === 0) throw invalid("the body ended without a whole message");
    return this.#responses?.isFinished === true;
  }

  close(): void {
    this.#responses?.close();
  }
}
