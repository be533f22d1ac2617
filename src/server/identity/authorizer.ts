import { Code, ConnectError } from "@connectrpc/connect";
import type { Node } from "../../cache/mod.ts";
import type { ApiTable } from "../../resource/mod.ts";
import type { AccessQuery, StreamInfo } from "../../stream/mod.ts";
import { exceeding, type LimitCounter } from "../limits/limit-counts.ts";
import type { ServerLog } from "../log.ts";
import type { AuthorizationCounts, AuthorizationRequest, Authorize } from "./authorize.ts";
import type { ClientOrigin } from "./client-origin.ts";
import { DecisionSlots } from "./decision-slots.ts";
import { within } from "../within.ts";
import { decisionOf, Refusal, refusalOf } from "./refusal.ts";

/** What an {@link Authorizer} needs. */
export interface AuthorizerOptions {
  /** Undefined: all types are served but those of secrets, unless the client has a certificate or is on this machine. */
  readonly authorize: Authorize | undefined;
  readonly api: ApiTable;
  /** How long a decision may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly onFault: (error: unknown, stream: StreamInfo | undefined) => void;
  readonly log: ServerLog;
  /** How many decisions may be pending at once. */
  readonly maxPending: number;
  readonly counter: LimitCounter;
}

/** Whose access is decided on. */
export interface Subject {
  readonly client: ClientOrigin;
  readonly node: Node;
  /** Undefined for a poll. */
  readonly stream: StreamInfo | undefined;
  /** Whether the client has had this access before. */
  readonly isRecheck?: boolean;
}

/** The one place where access is decided on, of every stream and poll. */
export class Authorizer {
  readonly #options: AuthorizerOptions;
  readonly #authorize: Authorize;
  readonly #slots: DecisionSlots;
  readonly #counts = { denied: 0, failed: 0, revoked: 0 };

  constructor(options: AuthorizerOptions) {
    this.#options = options;
    this.#slots = new DecisionSlots(options.maxPending);
    this.#authorize = options.authorize ?? secretsDenied(options.api);
  }

  get counts(): AuthorizationCounts {
    return { ...this.#counts };
  }

  /** Whether something may be denied to a client. */
  isNeededFor({ certificate, isLocal }: ClientOrigin): boolean {
    return this.#options.authorize !== undefined || (certificate === undefined && !isLocal);
  }

  /**
   * Decides on access to everything that is queried.
   *
   * @returns undefined if it is allowed at once; a promise that rejects as this method throws, if the decision takes time
   * @throws ConnectError if any of it is denied
   */
  decide(subject: Subject, queries: readonly AccessQuery[]): Promise<void> | undefined {
    try {
      return this.#all(subject, queries)?.catch((reason) => {
        throw this.#refused(reason, subject);
      });
    } catch (reason) {
      throw this.#refused(reason, subject);
    }
  }

  #all({ client, node, isRecheck = false }: Subject, queries: readonly AccessQuery[]): Promise<void> | undefined {
    const { peer, certificate, headers, method } = client;
    if (certificate !== undefined && !(certificate.validTo > Date.now())) throw expired();
    const waiting: Promise<void>[] = [];
    try {
      for (const { typeUrl, names } of queries) {
        const request = { peer, certificate, headers, node, typeUrl, names, method };
        // A client that has its access already must not lose it because others arrive.
        const decision = isRecheck || !this.#slots.isFull ? this.#one(request, isRecheck) : this.#later(request);
        if (decision !== undefined) waiting.push(decision);
      }
    } catch (reason) {
      for (const decision of waiting) decision.catch(() => {});
      throw reason;
    }
    return waiting.length === 0 ? undefined : Promise.all(waiting).then(() => {});
  }

  #one(request: AuthorizationRequest, isRecheck: boolean): Promise<void> | undefined {
    let result: unknown;
    try {
      result = this.#authorize(request);
      if (!isPromise(result)) return decisionOf(result);
    } catch (thrown) {
      throw refusalOf(thrown);
    }
    if (isRecheck) return this.#pending(result);
    this.#slots.take();
    return this.#pending(result).finally(() => this.#slots.release());
  }

  /** Waits until fewer decisions are pending. */
  async #later(request: AuthorizationRequest): Promise<void> {
    if (!await this.#slots.wait(this.#options.timeoutMs)) throw new Refusal(overloaded());
    try {
      await this.#pending(this.#authorize(request));
    } catch (thrown) {
      throw refusalOf(thrown);
    } finally {
      this.#slots.release();
    }
  }

  async #pending(result: unknown): Promise<void> {
    const { timeoutMs, counter } = this.#options;
    try {
      decisionOf(
        await within(timeoutMs, Promise.resolve(result), (ms) => {
          counter.count("authorizeTimeoutMs");
          return new Error(`Cannot authorize: no decision within ${ms} ms`);
        }),
      );
    } catch (thrown) {
      throw refusalOf(thrown);
    }
  }

  /** Counts and logs a refusal. @returns the error for the client */
  #refused(reason: unknown, { client, node, stream, isRecheck = false }: Subject): ConnectError {
    const { error, text, fault } = refusalOf(reason);
    this.#counts.denied++;
    if (isRecheck) this.#counts.revoked++;
    this.#options.log.denied({ peer: client.peer, method: client.method, node, reason: text, streamId: stream?.id });
    if (fault === undefined) return error;
    this.#counts.failed++;
    this.#options.onFault(fault.reason, stream);
    return error;
  }
}

function expired(): Refusal {
  return new Refusal(new ConnectError("The client's certificate has expired", Code.Unauthenticated));
}

function overloaded(): ConnectError {
  const text = "Cannot authorize: too many decisions are pending (maxPendingDecisions); try later";
  return exceeding("maxPendingDecisions", new ConnectError(text, Code.Unavailable));
}

function secretsDenied({ types }: ApiTable): Authorize {
  const secrets = new Set(types.filter(({ secret }) => secret === true).map(({ typeUrl }) => typeUrl));
  return ({ typeUrl }) => secrets.has(typeUrl) ? new ConnectError(SECRETS_TEXT, Code.PermissionDenied) : true;
}

const SECRETS_TEXT = "Secrets are not served without an identity of the client";

function isPromise(result: unknown): result is PromiseLike<unknown> {
  return typeof result === "object" && result !== null && "then" in result && typeof result.then === "function";
}
