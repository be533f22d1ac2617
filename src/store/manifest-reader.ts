import { type Backoff, backoffMs, pause } from "../cache/mod.ts";
import { Blobs } from "./blobs.ts";
import type { Engine } from "./engine.ts";
import { MissingBlob, resolveManifest } from "./resolve-manifest.ts";
import { nothingStored, readSnapshot, type StoredSnapshot } from "./stored-snapshot.ts";

/** A change of a manifest that a watch has shown. */
export interface ManifestChange {
  /** The key of the manifest. */
  readonly key: string;
  readonly value: Uint8Array | undefined;
  readonly revision: number;
  /** The store that it is of. */
  readonly identity: string;
  /** Whether that has been replaced, or has lost what was seen already. */
  readonly isSuspicious: boolean;
}

/** What a reader is called back for. */
export interface ManifestReaderOptions extends Backoff {
  /** The snapshot of a key as it was read last. */
  readonly before: (key: string) => StoredSnapshot | undefined;
  readonly onRead: (change: ManifestChange, stored: StoredSnapshot) => void;
  readonly onError: (error: unknown) => void;
  readonly signal: AbortSignal;
}

/** Reads the snapshots that manifests describe: several keys at a time, of each key the latest. */
export class ManifestReader {
  readonly #engine: Engine;
  readonly #blobs: Blobs;
  readonly #options: ManifestReaderOptions;
  readonly #pending = new Map<string, Pending>();
  readonly #inWork = new Set<string>();
  readonly #waiting = new Set<() => void>();

  constructor(engine: Engine, options: ManifestReaderOptions) {
    this.#engine = engine;
    this.#blobs = new Blobs(engine);
    this.#options = options;
  }

  /** How many keys wait to be read. */
  get pending(): number {
    return this.#pending.size;
  }

  /** How long the first of them has waited, in milliseconds. */
  get waitMs(): number {
    const since = Math.min(...[...this.#pending.values()].map(({ at }) => at));
    return this.#pending.size === 0 ? 0 : Math.round(performance.now() - since);
  }

  /** The revision that a key will have. */
  revision(key: string): number | undefined {
    return this.#pending.get(key)?.change.revision;
  }

  add(change: ManifestChange): void {
    const at = this.#pending.get(change.key)?.at ?? performance.now();
    this.#pending.set(change.key, { change, at, isMissing: false });
    void this.#work();
  }

  /**
   * Waits until all is read that can be: a key whose content is missing in the store waits for a new publication, and does
   * not hold up the others.
   */
  async settled(): Promise<void> {
    while ([...this.#pending.values()].some(({ isMissing }) => !isMissing) && !this.#options.signal.aborted) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** Lets those see that wait, after an attempt or at the end. */
  wake(): void {
    for (const each of this.#waiting) each();
    this.#waiting.clear();
  }

  async #work(): Promise<void> {
    if (this.#inWork.size >= KEYS_AT_A_TIME) return;
    const next = [...this.#pending].find(([key]) => !this.#inWork.has(key));
    if (next === undefined || this.#options.signal.aborted) return;
    const [key, pending] = next;
    this.#inWork.add(key);
    try {
      await this.#readOne(key, pending);
    } finally {
      this.#inWork.delete(key);
      this.wake();
      void this.#work();
    }
  }

  async #readOne(key: string, pending: Pending): Promise<void> {
    const { signal, before, onRead, onError } = this.#options;
    for (let failures = 0; !signal.aborted && this.#pending.get(key) === pending; failures++) {
      try {
        const stored = await this.#read(pending.change, before(key));
        if (signal.aborted) return;
        // A later one is read next; this one is whole, so it is served all the same.
        if (stored !== undefined) onRead(pending.change, stored);
        if (this.#pending.get(key) === pending) this.#pending.delete(key);
        return;
      } catch (error) {
        if (signal.aborted) return;
        pending.isMissing = error instanceof MissingBlob;
        onError(error);
        this.wake();
        // What cannot be read now is read again, unless a later one has come.
        await pause(backoffMs(this.#options, failures + 1), signal);
      }
    }
  }

  /** @returns undefined if nothing is to be served */
  async #read({ key, value, revision }: ManifestChange, before: StoredSnapshot | undefined): Promise<
    StoredSnapshot | undefined
  > {
    if (value === undefined) return before && nothingStored(before.key);
    try {
      return await readSnapshot(this.#blobs, await resolveManifest(this.#blobs, value), before);
    } catch (error) {
      if (!(error instanceof MissingBlob)) throw error;
      // Its content was collected after it was replaced: the one that has replaced it comes by the watch.
      const now = await this.#engine.get(key);
      if (now === undefined || now.revision <= revision) throw error;
      return undefined;
    }
  }
}

interface Pending {
  readonly change: ManifestChange;
  /** When the first one that is not served yet came. */
  readonly at: number;
  isMissing: boolean;
}

const KEYS_AT_A_TIME = 8;
