import type { ConnectRouter } from "@connectrpc/connect";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import type { Cache } from "../../cache/mod.ts";
import type { Readiness } from "../admission/readiness.ts";
import type { GuardedCallbacks } from "../callbacks.ts";
import type { Inspector } from "../diagnosis/inspector.ts";
import { ReportingCache } from "../diagnosis/reporting-cache.ts";
import type { LimitCounter } from "../limits/limit-counts.ts";
import type { Settings } from "../options.ts";
import type { Authorizer } from "../identity/authorizer.ts";
import type { HeldBytes } from "../../stream/mod.ts";
import type { SendBudget } from "../streams/send-budget.ts";
import { GrpcResponses } from "./grpc-response.ts";
import { Refusals } from "./refusals.ts";
import { Poller } from "./poller.ts";
import { ResourceJson } from "./resource-json.ts";
import { restHandlers, type RestOptions } from "./rest-handlers.ts";
import { RestResponses } from "./rest-response.ts";
import { addUnaryHandlers, type UnaryOptions } from "./unary-handlers.ts";
import { type WebHandler, webHandler } from "./web-handler.ts";

/** What {@link Polls} are served with. */
export interface PollsOptions {
  readonly settings: Settings;
  readonly cache: Cache;
  readonly budget: SendBudget;
  readonly held: HeldBytes;
  /** Guarded: only those throw that may refuse a poll. */
  readonly callbacks: GuardedCallbacks;
  readonly inspector: Inspector;
  readonly authorizer: Authorizer;
  readonly readiness: Pick<Readiness, "isReady">;
  readonly counter: LimitCounter;
}

/** The polls of a server, as they are now. */
export interface PollsStatus {
  /** The polls that wait for the cache, or for a change. */
  readonly waiting: number;
  /** How many were refused since the server was created, for whatever reason. */
  readonly refused: number;
}

/** The polls of a server: REST and unary `Fetch`. */
export class Polls {
  readonly #poller: Poller;
  readonly #refusals: Refusals;
  readonly #rest: RestOptions;
  readonly #unary: UnaryOptions;

  constructor({ settings, budget, counter, ...rest }: PollsOptions) {
    const cache = new ReportingCache(rest.cache, (error, { node, type: typeUrl }, isHandled) => {
      if (!isHandled) rest.callbacks.onSourceError(error, { stream: undefined, node, typeUrl });
    });
    const { api, types, limits, identifier, fetchWaitMs: waitMs, longPollMs } = settings;
    const recheckMs = settings.authorize === undefined ? Infinity : settings.reauthorizeMs;
    const find = (typeName: string) => types?.getMessage(typeName) ?? api.messages?.(typeName);
    const json = new ResourceJson(find, { timeoutMs: settings.requestTimeoutMs });
    const body = { maxBytes: settings.maxRequestBytes, timeoutMs: settings.requestTimeoutMs };
    const poller = new Poller({ ...rest, cache, api, limits, waitMs, longPollMs, recheckMs });
    this.#refusals = new Refusals(counter);
    this.#poller = poller;
    const shared = { api, poller, limits, body, headers: settings.headers, refusals: this.#refusals };
    const writing = { identifier, budget };
    this.#rest = { ...shared, budget, responses: new RestResponses(json, writing) };
    this.#unary = { ...shared, ...writing, json, responses: new GrpcResponses(writing) };
  }

  get status(): PollsStatus {
    return { waiting: this.#poller.waiting, refused: this.#refusals.count };
  }

  /** Handlers of the REST paths, for a router. */
  restHandlers(): UniversalHandler[] {
    return restHandlers(this.#rest);
  }

  /** Adds the unary methods to a router, in the protocols that it speaks. */
  addUnaryHandlers(router: ConnectRouter): void {
    addUnaryHandlers(router, this.#unary);
  }

  /** Handles requests of the `fetch` standard. */
  webHandler(): WebHandler {
    return webHandler(this.#rest, this.#unary);
  }

  /** Responds to all waiting polls now, as if their time was up. */
  release(): void {
    this.#poller.release();
  }

  /** Decides on the access of all waiting polls again. */
  reauthorize(): Promise<void> {
    return this.#poller.reauthorize();
  }

  /** Refuses all waiting polls, and all that arrive later. */
  close(): void {
    this.#poller.close();
  }
}
