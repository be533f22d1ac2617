import { Code, ConnectError } from "@connectrpc/connect";
import { clientError, isForClient } from "../client-error.ts";
import { readableError } from "../readable-error.ts";

/** A decision against a client. */
export class Refusal {
  /** What the client gets. */
  readonly error: ConnectError;
  /** The reason, for the log. */
  readonly text: string;
  /** Present where there was no decision, but a fault. */
  readonly fault: { readonly reason: unknown } | undefined;

  constructor(error: ConnectError, text: string = error.rawMessage, fault?: { readonly reason: unknown }) {
    this.error = error;
    this.text = text;
    this.fault = fault;
  }
}

/** Reads the decision that `authorize` has returned. @throws Refusal unless it allows the request */
export function decisionOf(result: unknown): undefined {
  if (result === undefined || result === true) return undefined;
  if (result === false) throw new Refusal(denied());
  if (typeof result === "string") throw new Refusal(denied(), result);
  if (result instanceof Error) {
    const error = readableError(result) as Error;
    throw isForClient(error) ? new Refusal(clientError(error)) : new Refusal(denied(), error.message);
  }
  throw new TypeError("Cannot authorize: the decision must be nothing, a boolean, a text or an error");
}

/** What `authorize` has thrown, as a refusal: a fault, unless it is an error for clients. */
export function refusalOf(thrown: unknown): Refusal {
  if (thrown instanceof Refusal) return thrown;
  const reason = readableError(thrown);
  if (isForClient(reason)) return new Refusal(clientError(reason));
  return new Refusal(denied(), "authorize has failed", { reason });
}

/** The same text for all reasons, since the client must not learn from it. */
function denied(): ConnectError {
  return new ConnectError("Permission denied", Code.PermissionDenied);
}
