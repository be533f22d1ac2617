import { type Engine, type EngineEvent, type EngineWatchOptions, type Entry, RevisionConflict } from "./engine.ts";

/** Options of {@link MemoryEngine}. */
export interface MemoryEngineOptions {
  /** The largest value, in bytes. Default: 1 MiB. */
  readonly maxValueBytes?: number;
}

/** An engine within this process, for tests and as an example. It keeps the last change of each key, deletions too. */
export class MemoryEngine implements Engine {
  readonly maxValueBytes: number;
  readonly #entries = new Map<string, { readonly value: Uint8Array | undefined; readonly revision: number }>();
  readonly #watches = new Set<() => void>();
  readonly #identity = crypto.randomUUID();
  #revision = 0;

  /** An engine without values. */
  constructor({ maxValueBytes = 1024 * 1024 }: MemoryEngineOptions = {}) {
    this.maxValueBytes = maxValueBytes;
  }

  /** See {@link Engine.identity}. */
  identity(): Promise<string> {
    return Promise.resolve(this.#identity);
  }

  /** See {@link Engine.get}. */
  async get(key: string): Promise<Entry | undefined> {
    await Promise.resolve();
    const entry = this.#entries.get(key);
    return entry?.value && { value: entry.value.slice(), revision: entry.revision };
  }

  /** See {@link Engine.putIf}. */
  async putIf(key: string, value: Uint8Array | undefined, revision?: number): Promise<number> {
    // It is the writer's again once this function has returned.
    const copy = value?.slice();
    await Promise.resolve();
    if (value !== undefined && value.length > this.maxValueBytes) {
      throw new RangeError(`Cannot write ${key}: ${value.length} bytes, of at most ${this.maxValueBytes}`);
    }
    const entry = this.#entries.get(key);
    const found = entry?.value === undefined ? 0 : entry.revision;
    if (revision !== undefined && revision !== found) throw new RevisionConflict(key, { expected: revision, found });
    this.#entries.delete(key);
    this.#entries.set(key, { value: copy, revision: ++this.#revision });
    for (const wake of this.#watches) wake();
    return this.#revision;
  }

  /** See {@link Engine.list}. */
  async *list(prefix: string): AsyncIterable<{ readonly key: string; readonly revision: number }> {
    await Promise.resolve();
    const found = [...this.#entries].filter(([key, { value }]) => key.startsWith(prefix) && value !== undefined);
    for (const [key, { revision }] of found) yield { key, revision };
  }

  /** See {@link Engine.watch}. */
  async *watch(prefix: string, { fromRevision, signal }: EngineWatchOptions): AsyncIterable<EngineEvent> {
    let next = fromRevision;
    let isUpToDate = false;
    let wake = () => {};
    let changed = new Promise<void>((resolve) => wake = resolve);
    const onChange = () => wake();
    this.#watches.add(onChange);
    signal.addEventListener("abort", onChange);
    try {
      while (!signal.aborted) {
        const latest = this.#revision;
        // They are in the order of their revisions, since each change moves its key to the end.
        const news = [...this.#entries].filter(([key, { revision }]) => revision >= next && key.startsWith(prefix));
        for (const [key, { value, revision }] of news) {
          if (signal.aborted) return;
          yield { key, value: value?.slice(), revision };
        }
        next = latest + 1;
        if (!isUpToDate) yield { key: undefined, value: undefined, revision: latest };
        isUpToDate = true;
        if (this.#revision >= next) continue;
        await changed;
        changed = new Promise<void>((resolve) => wake = resolve);
      }
    } finally {
      this.#watches.delete(onChange);
      signal.removeEventListener("abort", onChange);
    }
  }

  /** See {@link Engine.close}. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
