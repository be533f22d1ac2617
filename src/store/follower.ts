import { type Backoff, backoffMs, pause } from "../cache/mod.ts";
import type { Engine } from "./engine.ts";
import { manifestKey, MANIFESTS } from "./manifest.ts";
import { type ManifestChange, ManifestReader } from "./manifest-reader.ts";
import { nothingStored, type StoredSnapshot } from "./stored-snapshot.ts";

/** A snapshot, and where it was read. */
export interface Origin {
  /** The store. */
  readonly identity: string;
  /** The revision of the manifest. */
  readonly revision: number;
}

/** A snapshot that a replica had before it has seen the engine. */
export interface Copied {
  readonly stored: StoredSnapshot;
  readonly origin: Origin;
}

/** What follows a store, and how it continues after errors. */
export interface FollowerOptions extends Backoff {
  readonly onError: (error: unknown) => void;
  /** What it has before it has seen the engine. */
  readonly start: () => Promise<readonly Copied[]>;
  /**
   * Serves a snapshot; undefined where the key has none.
   *
   * @param how.isSuspicious - whether the store was replaced, or has lost what was seen already
   */
  readonly apply: (stored: StoredSnapshot, how: Origin & { readonly isSuspicious: boolean }) => void;
  readonly onUpToDate: () => void;
}

/** The state of a follower. */
export interface FollowerStatus {
  readonly isReady: boolean;
  readonly isConnected: boolean;
  readonly disconnectedSince: Date | undefined;
  readonly revision: number;
  readonly pending: number;
  readonly lagMs: number;
  readonly error: unknown;
}

/** Follows the manifests of an engine, and the snapshots that they describe. */
export class Follower {
  readonly ready: Promise<void>;
  readonly #engine: Engine;
  readonly #options: FollowerOptions;
  readonly #reader: ManifestReader;
  readonly #abort = new AbortController();
  readonly #running: Promise<void>;
  /** What was read last, by the key of the manifest. */
  readonly #known = new Map<string, { stored: StoredSnapshot; revision: number }>();
  #becomeReady: () => void = () => {};
  #isReady = false;
  #isConnected = false;
  #isSuspicious = false;
  #disconnectedSince: Date | undefined = new Date();
  /** The stores that what is known was read in: one, unless a copy is of several, or one went away before all of it was read. */
  #identities: ReadonlySet<string> = new Set();
  #revision = 0;
  #error: unknown = undefined;

  constructor(engine: Engine, options: FollowerOptions) {
    this.#engine = engine;
    this.#options = options;
    const { signal } = this.#abort;
    this.#reader = new ManifestReader(engine, {
      ...options,
      before: (key) => this.#known.get(key)?.stored,
      onRead: (change, stored) => this.#apply(change, stored),
      onError: (error) => this.#report(error),
      signal,
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.ready = promise;
    // Only those that wait for it need to hear that it was closed.
    promise.catch(() => {});
    this.#becomeReady = () => {
      this.#isReady = true;
      resolve();
    };
    signal.addEventListener("abort", () => reject(new Error("The replica was closed before it was ready")));
    this.#running = this.#run();
  }

  status(): FollowerStatus {
    const disconnectedMs = this.#disconnectedSince ? Date.now() - this.#disconnectedSince.getTime() : 0;
    return {
      isReady: this.#isReady,
      isConnected: this.#isConnected,
      disconnectedSince: this.#disconnectedSince,
      revision: this.#revision,
      pending: this.#reader.pending,
      lagMs: Math.max(disconnectedMs, this.#reader.waitMs),
      error: this.#error,
    };
  }

  /** Ends the watch, and waits for that, unless the engine does not respond. */
  async close(): Promise<void> {
    this.#abort.abort();
    this.#reader.wake();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, CLOSE_MS));
    await Promise.race([this.#running, late]);
    clearTimeout(timer);
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    const copied = await this.#options.start();
    for (const { stored, origin } of copied) {
      this.#known.set(await manifestKey(stored.key), { stored, revision: origin.revision });
    }
    this.#identities = new Set(copied.map(({ origin }) => origin.identity));
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        await this.#follow(() => failures = 0);
        if (!signal.aborted) throw new Error("The engine has ended the watch");
      } catch (error) {
        if (signal.aborted) return;
        this.#isConnected = false;
        this.#disconnectedSince ??= new Date();
        this.#report(error);
        // A copy is better than nothing, and it is all that the replica has.
        if (copied.length > 0 && !this.#isReady) this.#becomeReady();
      }
      await pause(backoffMs(this.#options, failures + 1), signal);
    }
  }

  async #follow(onProgress: () => void): Promise<void> {
    const identity = await this.#engine.identity();
    const isReplaced = [...this.#identities].some((each) => each !== identity);
    if (isReplaced || await this.#hasLostData()) {
      this.#isSuspicious = true;
      this.#revision = 0;
      const what = isReplaced ? "was replaced by another" : "has lost what this replica had seen: it was rewound";
      this.#report(new Error(`The store ${what}; everything is read anew`));
    }
    // What is read from here on is of this one, also if it goes away before all is read.
    this.#identities = new Set([...this.#identities, identity]);
    const attempt = new AbortController();
    const signal = AbortSignal.any([this.#abort.signal, attempt.signal]);
    const fail = (error: unknown) => attempt.abort(error);
    try {
      for await (const event of this.#engine.watch(MANIFESTS, { fromRevision: this.#revision + 1, signal })) {
        if (signal.aborted) break;
        onProgress();
        const { key, value, revision } = event;
        if (key !== undefined) this.#reader.add({ key, value, revision, identity, isSuspicious: this.#isSuspicious });
        this.#revision = Math.max(this.#revision, revision);
        // The watch continues meanwhile: a key that cannot be read does not hold up the others.
        if (key === undefined) void this.#upToDate(identity, signal).catch(fail);
      }
      if (attempt.signal.aborted) throw attempt.signal.reason;
    } finally {
      attempt.abort();
    }
  }

  /** Whether a manifest that was seen has an earlier revision or does not exist, or one has changed below what was seen. */
  async #hasLostData(): Promise<boolean> {
    const seen = new Map([...this.#known].map(([key, { revision }]) => [key, this.#reader.revision(key) ?? revision]));
    for await (const { key, revision } of this.#engine.list(MANIFESTS)) {
      const before = seen.get(key) ?? this.#reader.revision(key) ?? 0;
      if (revision < before || revision > before && revision <= this.#revision) return true;
      seen.delete(key);
    }
    return seen.size > 0;
  }

  async #upToDate(identity: string, signal: AbortSignal): Promise<void> {
    await this.#reader.settled();
    if (signal.aborted) return;
    await this.#missKeys(identity);
    if (signal.aborted) return;
    this.#identities = new Set([identity]);
    this.#isConnected = true;
    this.#disconnectedSince = undefined;
    if (this.#reader.pending === 0) this.#error = undefined;
    this.#isSuspicious = false;
    this.#options.onUpToDate();
    if (!this.#isReady) this.#becomeReady();
  }

  /** What the store no longer has at all was lost with it, or while the copy was all that the replica had. */
  async #missKeys(identity: string): Promise<void> {
    const missing = new Map(this.#known);
    for await (const { key } of this.#engine.list(MANIFESTS)) missing.delete(key);
    for (const [manifest, { stored }] of missing) {
      this.#known.delete(manifest);
      this.#options.apply(nothingStored(stored.key), { identity, revision: this.#revision, isSuspicious: true });
    }
  }

  #apply(change: ManifestChange, stored: StoredSnapshot): void {
    const { key, revision, identity, isSuspicious } = change;
    this.#known.set(key, { stored, revision });
    this.#options.apply(stored, { identity, revision, isSuspicious });
  }

  #report(error: unknown): void {
    this.#error = error;
    this.#options.onError(error);
  }
}

/** For the end of a watch, in milliseconds. */
const CLOSE_MS = 1_000;
