import { Blobs } from "./blobs.ts";
import type { Engine } from "./engine.ts";
import { decodeManifest, type Manifest, manifestKey, MANIFESTS } from "./manifest.ts";
import { resolveManifest } from "./resolve-manifest.ts";
import { MissingBlob, readSnapshot, type StoredSnapshot } from "./stored-snapshot.ts";

/** What follows a store, and how it continues after errors. */
export interface FollowerOptions {
  readonly retryMs: number;
  readonly maxRetryMs: number;
  readonly onError: (error: unknown) => void;
  /** What it has before it has seen the engine, by key. */
  readonly start: () => Promise<ReadonlyMap<string, StoredSnapshot>>;
  /**
   * Serves a snapshot; undefined where the key has none.
   *
   * @param how.isSuspicious - whether the store was replaced, or has lost what was seen already
   */
  readonly apply: (stored: StoredSnapshot, how: { readonly isSuspicious: boolean }) => void;
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

/** Follows the manifests of an engine, and reads the snapshots that they describe. */
export class Follower {
  readonly ready: Promise<void>;
  readonly #engine: Engine;
  readonly #blobs: Blobs;
  readonly #options: FollowerOptions;
  readonly #abort = new AbortController();
  /** What is served, by the key of the manifest. */
  readonly #known = new Map<string, { stored: StoredSnapshot; revision: number }>();
  /** What is to be read, the latest of each manifest. */
  readonly #pending = new Map<string, Pending>();
  #reading: Promise<void> | undefined = undefined;
  #becomeReady: () => void = () => {};
  #isReady = false;
  #isConnected = false;
  #isSuspicious = false;
  #disconnectedSince: Date | undefined = new Date();
  #identity: string | undefined = undefined;
  #revision = 0;
  #error: unknown = undefined;

  constructor(engine: Engine, options: FollowerOptions) {
    this.#engine = engine;
    this.#blobs = new Blobs(engine);
    this.#options = options;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.ready = promise;
    // Only those that wait for it need to hear that it was closed.
    promise.catch(() => {});
    this.#becomeReady = () => {
      this.#isReady = true;
      resolve();
    };
    this.#abort.signal.addEventListener("abort", () => reject(new Error("The replica was closed before it was ready")));
    void this.#run();
  }

  status(): FollowerStatus {
    const since = Math.min(...[...this.#pending.values()].map(({ at }) => at));
    return {
      isReady: this.#isReady,
      isConnected: this.#isConnected,
      disconnectedSince: this.#disconnectedSince,
      revision: this.#revision,
      pending: this.#pending.size,
      lagMs: this.#pending.size === 0 ? 0 : Math.round(performance.now() - since),
      error: this.#error,
    };
  }

  close(): void {
    this.#abort.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    const copied = await this.#options.start();
    for (const [key, stored] of copied) this.#known.set(await manifestKey(key), { stored, revision: 0 });
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        await this.#follow(() => failures = 0);
        if (!signal.aborted) throw new Error("The engine has ended the watch");
      } catch (error) {
        if (signal.aborted) return;
        this.#isConnected = false;
        this.#disconnectedSince ??= new Date();
        this.#report(error);
        // A copy is better than nothing, and it is all that there is.
        if (copied.size > 0 && !this.#isReady) this.#becomeReady();
      }
      await pause(this.#options, failures, signal);
    }
  }

  async #follow(onProgress: () => void): Promise<void> {
    const { signal } = this.#abort;
    const identity = await this.#engine.identity();
    const isReplaced = this.#identity !== undefined && this.#identity !== identity;
    const from = isReplaced || await this.#hasLostData() ? 0 : this.#revision + 1;
    if (from === 0) {
      this.#isSuspicious = true;
      this.#revision = 0;
      const what = isReplaced ? "was replaced by another" : "has lost what this replica had seen: it was rewound";
      this.#report(new Error(`The store ${what}; everything is read anew`));
    }
    this.#identity = identity;
    for await (const { key, value, revision } of this.#engine.watch(MANIFESTS, { fromRevision: from, signal })) {
      if (signal.aborted) return;
      onProgress();
      if (key !== undefined) this.#add(key, value, revision);
      else await this.#upToDate();
      this.#revision = Math.max(this.#revision, revision);
    }
  }

  /** Whether a manifest has an earlier revision than the one that was seen, or does not exist any more. */
  async #hasLostData(): Promise<boolean> {
    const seen = new Map([...this.#known].filter(([, { revision }]) => revision > 0));
    if (seen.size === 0) return false;
    for await (const { key, revision } of this.#engine.list(MANIFESTS)) {
      if (revision < (seen.get(key)?.revision ?? 0)) return true;
      seen.delete(key);
    }
    return seen.size > 0;
  }

  async #upToDate(): Promise<void> {
    while (this.#reading !== undefined) await this.#reading;
    if (this.#abort.signal.aborted) return;
    this.#isConnected = true;
    this.#disconnectedSince = undefined;
    this.#error = undefined;
    await this.#missKeys();
    this.#isSuspicious = false;
    this.#options.onUpToDate();
    if (!this.#isReady) this.#becomeReady();
  }

  /** What the store no longer has at all was lost with it, or while the copy was all that there was. */
  async #missKeys(): Promise<void> {
    const missing = new Map(this.#known);
    for await (const { key } of this.#engine.list(MANIFESTS)) missing.delete(key);
    for (const [manifest, { stored }] of missing) {
      this.#known.delete(manifest);
      this.#options.apply({ key: stored.key, snapshot: undefined, types: new Map() }, { isSuspicious: true });
    }
  }

  #add(key: string, value: Uint8Array | undefined, revision: number): void {
    const at = this.#pending.get(key)?.at ?? performance.now();
    this.#pending.set(key, { value, revision, at, isSuspicious: this.#isSuspicious });
    this.#reading ??= this.#readAll().finally(() => this.#reading = undefined);
  }

  async #readAll(): Promise<void> {
    const work = async (): Promise<void> => {
      for (let next = this.#nextPending(); next !== undefined; next = this.#nextPending()) await this.#readOne(...next);
    };
    await Promise.all(Array.from({ length: KEYS_AT_A_TIME }, work));
  }

  readonly #inWork = new Set<string>();

  #nextPending(): [key: string, pending: Pending] | undefined {
    if (this.#abort.signal.aborted) return undefined;
    return [...this.#pending].find(([key]) => !this.#inWork.has(key));
  }

  async #readOne(key: string, pending: Pending): Promise<void> {
    this.#inWork.add(key);
    try {
      const known = this.#known.get(key);
      const stored = await this.#read(key, pending, known?.stored);
      if (this.#abort.signal.aborted) return;
      // A later one is read next; this one is whole, so it is served all the same.
      if (stored !== undefined) {
        this.#known.set(key, { stored, revision: pending.revision });
        this.#options.apply(stored, { isSuspicious: pending.isSuspicious });
      }
      if (this.#pending.get(key) === pending) this.#pending.delete(key);
    } catch (error) {
      this.#report(error);
      // What cannot be read now is read again, unless a later one has come.
      await pause(this.#options, pending.failures = (pending.failures ?? 0) + 1, this.#abort.signal);
    } finally {
      this.#inWork.delete(key);
    }
  }

  /** @returns undefined if there is nothing to serve */
  async #read(key: string, pending: Pending, before: StoredSnapshot | undefined): Promise<StoredSnapshot | undefined> {
    if (pending.value === undefined) {
      return before && { key: before.key, snapshot: undefined, types: new Map() };
    }
    try {
      return await readSnapshot(this.#blobs, await this.#manifest(pending.value), before);
    } catch (error) {
      if (!(error instanceof MissingBlob)) throw error;
      // Its content was collected after it was replaced: the one that has replaced it comes, or is read here.
      const now = await this.#engine.get(key);
      if (now === undefined || now.revision <= pending.revision) throw error;
      return undefined;
    }
  }

  #manifest(value: Uint8Array): Promise<Manifest> {
    return resolveManifest(this.#blobs, decodeManifest(value));
  }

  #report(error: unknown): void {
    this.#error = error;
    this.#options.onError(error);
  }
}

/** The latest manifest of a key that is not read yet. */
interface Pending {
  readonly value: Uint8Array | undefined;
  readonly revision: number;
  /** When the first one that is not served yet came. */
  readonly at: number;
  readonly isSuspicious: boolean;
  failures?: number;
}

const KEYS_AT_A_TIME = 8;

/** Replicas that have failed together do not all return together. */
function pause(
  { retryMs, maxRetryMs }: { readonly retryMs: number; readonly maxRetryMs: number },
  failures: number,
  signal: AbortSignal,
): Promise<void> {
  const ms = Math.min(retryMs * 2 ** failures, maxRetryMs) * (0.5 + Math.random() / 2);
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}
