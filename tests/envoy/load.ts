import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent, type AgentOptions } from "node:https";
import { get, type GetOptions, type HttpResponse } from "../../examples/demo/get.ts";
import { TIMEOUT_MS } from "../matrix/timeout.ts";

/** What to send, and how. */
export interface LoadOptions {
  /** Requests go to them in turn. */
  readonly urls: readonly string[];
  /** How many requests a second are started, whether the earlier ones have a response or not. */
  readonly rate: number;
  /** Throws if a response is not what it has to be. Default: status 200. */
  readonly check?: (response: HttpResponse) => void;
  readonly headers?: GetOptions["headers"];
  /** How connections are made. Default: 16 at most, kept to be used again. */
  readonly agent?: AgentOptions;
}

/** How many requests can be under way; beyond that the load waits, so that what it measures is not itself. */
const MAX_UNDER_WAY = 200;

/** Requests at a steady rate, until it is disposed of. */
export class Load implements AsyncDisposable {
  sent = 0;
  failed = 0;
  /** How often requests failed, by how. */
  readonly failures = new Map<string, number>();
  readonly #options: LoadOptions;
  readonly #agent: HttpAgent;
  readonly #timer: NodeJS.Timeout;
  readonly #underWay = new Set<Promise<void>>();
  readonly #watchers = new Set<(response: HttpResponse) => void>();
  #waiting: { readonly until: number; readonly resolve: () => void }[] = [];
  #lastTick = performance.now();
  #due = 0;

  constructor(options: LoadOptions) {
    this.#options = options;
    const agent = { keepAlive: true, maxSockets: 16, ...options.agent };
    this.#agent = options.urls[0]!.startsWith("https:") ? new HttpsAgent(agent) : new HttpAgent(agent);
    this.#timer = setInterval(() => this.#tick(), 5);
  }

  get completed(): number {
    return this.sent - this.#underWay.size;
  }

  /** Waits until so many more requests got a response. */
  async pass(requests: number): Promise<void> {
    const until = this.completed + requests;
    await new Promise<void>((resolve) => this.#waiting.push({ until, resolve }));
  }

  /** Waits for a response, and throws if there is none for {@link TIMEOUT_MS}. */
  async meets(what: string, isIt: (response: HttpResponse) => boolean): Promise<void> {
    const met = Promise.withResolvers<void>();
    const late = setTimeout(
      () => met.reject(new Error(`Timed out after ${TIMEOUT_MS / 1000} s waiting for ${what} in the load`)),
      TIMEOUT_MS,
    );
    const watch = (response: HttpResponse): void => {
      if (isIt(response)) met.resolve();
    };
    this.#watchers.add(watch);
    await met.promise.finally(() => {
      clearTimeout(late);
      this.#watchers.delete(watch);
    });
  }

  /** Sends no more, and waits for the responses to what was sent. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#underWay);
    this.#agent.destroy();
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #tick(): void {
    const now = performance.now();
    // A process that was busy does not make up for it by a burst.
    this.#due = Math.min(this.#due + (now - this.#lastTick) / 1000 * this.#options.rate, this.#options.rate / 10);
    this.#lastTick = now;
    for (; this.#due >= 1 && this.#underWay.size < MAX_UNDER_WAY; this.#due--) {
      const request: Promise<void> = this.#send().finally(() => {
        this.#underWay.delete(request);
        const [reached, waiting] = partition(this.#waiting, ({ until }) => until <= this.completed);
        this.#waiting = waiting;
        for (const { resolve } of reached) resolve();
      });
      this.#underWay.add(request);
    }
  }

  async #send(): Promise<void> {
    const { urls, headers, check = expectOk } = this.#options;
    const url = urls[this.sent++ % urls.length]!;
    try {
      const response = await get(url, { agent: this.#agent, timeoutMs: 10_000, ...(headers && { headers }) });
      for (const watch of this.#watchers) watch(response);
      check(response);
    } catch (error) {
      this.failed++;
      const how = error instanceof Error ? error.message : String(error);
      this.failures.set(how, (this.failures.get(how) ?? 0) + 1);
    }
  }
}

/** Throws if the status of a response is anything but 200. */
export function expectOk({ status, body }: HttpResponse): void {
  if (status !== 200) throw new Error(`status ${status}: ${body.slice(0, 100).trim() || "no body"}`);
}

function partition<T>(all: readonly T[], belongs: (each: T) => boolean): [T[], T[]] {
  const { yes = [], no = [] } = Object.groupBy(all, (each) => belongs(each) ? "yes" : "no");
  return [yes, no];
}
