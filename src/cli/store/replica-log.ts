import process from "node:process";
import type { Logger } from "../../server/mod.ts";
import type { ReplicaStatus, ReplicatedCache } from "../../store/mod.ts";
import { count } from "../print-problems.ts";
import { errorText } from "./error-text.ts";
import { layersOf } from "./layer-keys.ts";

type Replica = Pick<ReplicatedCache, "status" | "getSnapshot">;

/** Logs what an operator has to know of a replica: each state once. */
export class ReplicaLog {
  readonly #log: Required<Logger>;
  readonly #key: string;
  readonly #copyTo: string | undefined;
  #replica: Replica | undefined = undefined;
  #timer: ReturnType<typeof setInterval> | undefined = undefined;
  #isReady = false;
  #isConnected = false;
  #isBehind = false;
  #disconnectedAt = performance.now();
  readonly #held = new Map<string, number>();
  /** Some keys of others, for one that was mistyped. */
  readonly #others = new Set<string>();
  readonly #errors = new Map<string, number>();

  constructor(log: Required<Logger>, { key, copyTo }: { readonly key: string; readonly copyTo: string | undefined }) {
    this.#log = log;
    this.#key = key;
    this.#copyTo = copyTo;
  }

  /** Looks at a replica until it is closed. */
  follow(replica: Replica): void {
    this.#replica = replica;
    this.#timer = setInterval(() => this.look(), LOOK_MS);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** A snapshot is served from now on. */
  served(key: string, revision: number): void {
    const isOfClients = key === this.#key || layersOf(this.#key, key) !== undefined;
    if (!isOfClients && this.#others.size < MAX_OTHERS) this.#others.add(key);
    // At the start there may be thousands.
    const level = this.#isReady && isOfClients ? "info" : "debug";
    if (!this.#log.isLevelEnabled(level)) return;
    const snapshot = this.#replica?.getSnapshot(key);
    const size = snapshot?.types.reduce((sum, typeUrl) => sum + snapshot.resources(typeUrl).size, 0);
    const what = size === undefined ? "no snapshot any more" : count(size, "resource");
    this.#log[level]({ key, revision }, `Serves revision ${revision} of "${key}": ${what}`);
  }

  /** Each error once a minute. */
  error(error: unknown): void {
    if (this.#hasNewHeld()) return;
    const text = errorText(error);
    const now = performance.now();
    if (now - (this.#errors.get(text) ?? -Infinity) < REPEAT_MS) return;
    if (this.#errors.size >= MAX_ERRORS) this.#errors.clear();
    this.#errors.set(text, now);
    this.#log.warn({}, text);
  }

  /** What was held is served by the word of the operator. */
  accepted(keys: readonly string[]): void {
    for (const key of keys) this.#held.delete(key);
    const what = keys.length === 0 ? "nothing is held" : `serves what was held: ${keys.map(quoted).join(", ")}`;
    this.#log.warn({ keys }, `SIGUSR2: ${what}`);
  }

  /** Logs what is not as it was. */
  look(): void {
    const status = this.#replica!.status();
    if (this.#isReady) this.#connection(status);
    this.#lag(status);
    this.#hasNewHeld();
  }

  /** The replica has become ready just now. */
  ready(): void {
    const { isConnected, revision } = this.#replica!.status();
    this.#isReady = true;
    this.#isConnected = isConnected;
    if (!isConnected) {
      const directory = this.#copyTo ?? "";
      this.#log.warn({ directory }, `Serves the copy in ${directory}, which may be old: the store cannot be reached`);
    } else {
      this.#log.info({ revision }, `Is ready, with the full picture of the store at revision ${revision}`);
    }
    if (this.#replica!.getSnapshot(this.#key) === undefined) {
      const key = this.#key;
      const others = this.#others.size === 0 ? "" : `; there is ${[...this.#others].map(quoted).join(", ")}`;
      this.#log.warn({ key }, `The store has nothing under "${key}": its clients wait until it is published${others}`);
    }
  }

  #connection({ isConnected, revision, disconnectedSince, error }: ReplicaStatus): void {
    if (this.#isConnected && !isConnected) {
      this.#disconnectedAt = performance.now() - (disconnectedSince ? Date.now() - disconnectedSince.getTime() : 0);
      const why = error === undefined ? "" : `: ${errorText(error)}`;
      this.#log.warn({}, `Does not follow the store at present, and serves what it has${why}`);
    } else if (!this.#isConnected && isConnected) {
      const seconds = Math.round((performance.now() - this.#disconnectedAt) / 1_000);
      this.#log.info({ revision, seconds }, `Follows the store again, after ${seconds} s, at revision ${revision}`);
    }
    this.#isConnected = isConnected;
  }

  #lag({ isConnected, lagMs, pending }: ReplicaStatus): void {
    const isBehind = isConnected && lagMs > BEHIND_MS;
    if (isBehind && !this.#isBehind) {
      const what = count(pending, "publication");
      this.#log.warn(
        { lagMs, pending },
        `Is ${Math.round(lagMs / 1_000)} s behind the store: ${what} cannot be read yet`,
      );
    } else if (!isBehind && this.#isBehind && isConnected) {
      this.#log.info({}, "Serves what the store has again");
    }
    this.#isBehind = isBehind;
  }

  #hasNewHeld(): boolean {
    const held = this.#replica?.status().held ?? [];
    const news = held.filter(({ key, removed }) => this.#held.get(key) !== removed);
    for (const key of this.#held.keys()) if (!held.some((each) => each.key === key)) this.#held.delete(key);
    for (const { key, removed, of } of news) {
      this.#held.set(key, removed);
      this.#log.error(
        { key, removed, of },
        `Holds back "${key}": the store was replaced or has lost data, and ${removed} of ${of} resources would be ` +
          `removed. Publish the right files again; or, if it is meant, serve it by: kill -USR2 ${process.pid}`,
      );
    }
    return news.length > 0;
  }
}

/** How often it looks, in milliseconds. */
const LOOK_MS = 250;
/** From how much on a lag is logged, in milliseconds. */
const BEHIND_MS = 10_000;
/** An error is logged again after so many milliseconds. */
const REPEAT_MS = 60_000;
/** How many other keys are shown. */
const MAX_OTHERS = 5;
/** How many errors are remembered. */
const MAX_ERRORS = 100;

function quoted(key: string): string {
  return JSON.stringify(key);
}
