import { codeToHttpStatus } from "@connectrpc/connect/protocol-connect";
import { clientError } from "../client-error.ts";
import { JsonError } from "./resource-json.ts";

/** A refusal in terms of HTTP. Its text is sent to the client: it gives the reason, and repeats nothing of the request. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** An error as it is sent to a client over plain HTTP. */
export function httpError(reason: unknown): HttpError {
  if (reason instanceof HttpError) return reason;
  if (reason instanceof JsonError) return new HttpError(500, reason.message);
  const error = clientError(reason);
  return new HttpError(codeToHttpStatus(error.code), error.rawMessage);
}
