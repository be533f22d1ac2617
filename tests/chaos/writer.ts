import { setTimeout as delay } from "node:timers/promises";
import type { Mode } from "../envoy/modes.ts";
import { replace, smallChange, type Step } from "./changes.ts";
import type { Proxy } from "./proxy.ts";
import type { Random } from "./random.ts";
import type { Replica } from "./replica.ts";
import type { State } from "./state.ts";

/** What a writer works with. */
export interface WriterOptions {
  readonly replicas: readonly Replica[];
  readonly random: Random;
  /** Milliseconds between publications. */
  readonly intervalMs: number;
}

/**
 * Publishes good configurations for one Envoy all the time.
 *
 * With ADS and delta everything is replaced in one publication, whatever fails meanwhile. Without, the server cannot know
 * what a reconnecting Envoy holds: former clusters are removed only once Envoy works with the new routes. Without ADS,
 * the routes follow only once Envoy has the new clusters, too.
 */
export class Writer implements AsyncDisposable {
  /** The number of publications. */
  published = 0;
  /** A replica has an old state, which an Envoy may return to: with SotW, routes follow clusters. Default: false. */
  isCareful = false;
  readonly #proxy: Proxy;
  readonly #options: WriterOptions;
  /** The next step of a replacement that waits until Envoy has the state. */
  #next: Step | undefined = undefined;
  #confirmed: State | undefined = undefined;
  #isChecking = false;
  #isPaused = true;
  #ended = false;
  readonly #working: Promise<void>;

  constructor(proxy: Proxy, options: WriterOptions) {
    this.#proxy = proxy;
    this.#options = options;
    this.publish(proxy.state);
    this.#working = this.#work();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
  }

  /** Publishes a state on all replicas. */
  publish(state: State): void {
    this.published++;
    this.#proxy.state = state;
    for (const replica of this.#options.replicas) replica.publish(this.#proxy.client.node, state);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    await this.#working;
  }

  async #work(): Promise<void> {
    const { random, intervalMs } = this.#options;
    while (!this.#ended) {
      await delay(intervalMs * (0.5 + random.next()));
      if (!this.#isPaused) this.publish(this.#change(this.#proxy.state));
    }
  }

  #change(state: State): State {
    const { random } = this.#options;
    if (this.#next === undefined) return random.next() < 0.5 ? this.#replace(state) : this.#small(state);
    if (this.#confirmed === state) return this.#step(state, this.#next);
    this.#check(state);
    // What Envoy is to confirm stays for a while.
    return random.next() < 0.2 ? this.#small(state) : state;
  }

  #small(state: State): State {
    const { mode, certificates } = this.#proxy.client;
    // An Envoy that is warming a changed cluster when its stream ends needs endpoints for it afterwards, which a
    // replacement has removed by then.
    const changesUsed = !isReplacedAtOnce(mode);
    return smallChange(state, { random: this.#options.random, certificates: certificates.length, changesUsed });
  }

  #replace(state: State): State {
    const { mode } = this.#proxy.client;
    const added = replace(state, "add");
    if (isReplacedAtOnce(mode)) return replace(replace(added, "switch"), "drop");
    const isInOrder = mode.aggregated && !this.isCareful;
    this.#next = isInOrder ? "drop" : "switch";
    return isInOrder ? replace(added, "switch") : added;
  }

  #step(state: State, step: Step): State {
    this.#next = step === "switch" ? "drop" : undefined;
    return replace(state, step);
  }

  /** Not waited for, since Envoy may be stopped. */
  #check(state: State): void {
    if (this.#isChecking || this.#options.replicas.some(({ isUpToDate }) => !isUpToDate)) return;
    this.#isChecking = true;
    this.#proxy.difference()
      .then((difference) => {
        if (difference === undefined) this.#confirmed = state;
      }, () => {})
      .finally(() => this.#isChecking = false);
  }
}

function isReplacedAtOnce({ aggregated, variant }: Mode): boolean {
  return aggregated && variant === "delta";
}
