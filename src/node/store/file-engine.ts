import {
  type Engine,
  type EngineEvent,
  type EngineWatchOptions,
  type Entry,
  RevisionConflict,
} from "../../store/mod.ts";
import { ChangeLog } from "./change-log.ts";
import { FileIndex } from "./file-index.ts";
import { FolderChanges } from "./folder-changes.ts";
import type { Change } from "./record.ts";

/** Options of {@link FileEngine.open}. */
export interface FileEngineOptions {
  /** The largest value, in bytes. Default: 1 MiB. */
  readonly maxValueBytes?: number;
  /** How often to look for changes where the system does not report them, in milliseconds. Default: 250. */
  readonly pollMs?: number;
  /** The size of what was replaced from which files are written anew, if it exceeds what is left. Default: 16 MiB. */
  readonly compactBytes?: number;
}

/**
 * An engine in a directory, which several processes of one machine may use at a time: `new SnapshotStore(await
 * FileEngine.open(directory))`. A write is on the disk once it is acknowledged. A process that is killed leaves no lock
 * and no half of a write.
 */
export class FileEngine implements Engine {
  readonly maxValueBytes: number;
  readonly #log: ChangeLog;
  readonly #index: FileIndex;
  readonly #options: FileEngineOptions;
  readonly #closed = new AbortController();
  /** Writes that wait for the one under way, and are written together then. */
  readonly #writes: Write[] = [];
  #isWriting = false;
  /** The reading of the log under way, and the one after it. */
  #refreshing: Promise<unknown> = Promise.resolve();
  #nextRefresh: Promise<void> | undefined = undefined;

  private constructor(log: ChangeLog, options: FileEngineOptions) {
    this.maxValueBytes = options.maxValueBytes ?? 1024 * 1024;
    this.#log = log;
    this.#index = new FileIndex(log);
    this.#options = options;
  }

  /** Opens a directory, which is made if it does not exist. Only this user can read it. */
  static async open(directory: string, options: FileEngineOptions = {}): Promise<FileEngine> {
    const engine = new FileEngine(await ChangeLog.open(directory), options);
    await engine.#refresh();
    return engine;
  }

  /** See {@link Engine.identity}. */
  identity(): Promise<string> {
    return this.#log.identity();
  }

  /** See {@link Engine.get}. */
  async get(key: string): Promise<Entry | undefined> {
    while (true) {
      await this.#refresh();
      const found = this.#index.get(key);
      if (found === undefined) return undefined;
      const value = await this.#index.value(found);
      if (value !== undefined) return { value, revision: found.revision };
    }
  }

  /** See {@link Engine.putIf}. */
  async putIf(key: string, value: Uint8Array | undefined, revision?: number): Promise<number> {
    if (value !== undefined && value.length > this.maxValueBytes) {
      throw new RangeError(`Cannot write ${key}: ${value.length} bytes, of at most ${this.maxValueBytes}`);
    }
    if (this.#closed.signal.aborted) throw new Error(`Cannot write ${key}: the engine was closed`);
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.#writes.push({ key, value: value?.slice(), expected: revision, resolve, reject });
    if (!this.#isWriting) void this.#writeAll();
    return await promise;
  }

  /** See {@link Engine.list}. */
  async *list(prefix: string): AsyncIterable<{ readonly key: string; readonly revision: number }> {
    await this.#refresh();
    for (const { key, revision, length } of this.#index.since(0)) {
      if (length !== undefined && key.startsWith(prefix)) yield { key, revision };
    }
  }

  /** See {@link Engine.watch}. */
  async *watch(prefix: string, { fromRevision, signal }: EngineWatchOptions): AsyncIterable<EngineEvent> {
    const ended = AbortSignal.any([signal, this.#closed.signal]);
    const changes = new FolderChanges(this.#options.pollMs ?? 250, ended);
    let next = fromRevision;
    let isUpToDate = false;
    try {
      while (!signal.aborted) {
        if (this.#closed.signal.aborted) throw new Error("The engine was closed");
        await this.#refresh();
        changes.look(this.#log.folder(this.#index.generation));
        const latest = this.#index.next;
        for (const { key, revision, length } of this.#index.since(next)) {
          if (!key.startsWith(prefix)) continue;
          const found = length === undefined ? undefined : await this.get(key);
          if (signal.aborted) return;
          // One that has changed again comes by its new revision.
          if (length === undefined || found?.revision === revision) yield { key, value: found?.value, revision };
        }
        next = Math.max(next, latest);
        if (!isUpToDate) yield { key: undefined, value: undefined, revision: latest - 1 };
        isUpToDate = true;
        if (this.#index.next === latest) await changes.next();
      }
    } finally {
      changes.close();
    }
  }

  /** See {@link Engine.close}. Waits for the writes under way. */
  async close(): Promise<void> {
    this.#closed.abort();
    while (this.#isWriting) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  /** Reads the log, at least from now on: callers that come together share it. */
  #refresh(): Promise<void> {
    this.#nextRefresh ??= this.#refreshing.then(async () => {
      this.#nextRefresh = undefined;
      const reading = this.#index.refresh();
      this.#refreshing = reading.catch(() => {});
      await reading;
    });
    return this.#nextRefresh;
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    try {
      while (this.#writes.length > 0) {
        const writes = this.#writes.splice(0, MOST_WRITES);
        try {
          await this.#write(writes);
        } catch (error) {
          for (const { reject } of writes) reject(error);
        }
      }
      // What fails here is tried again after the next write.
      await this.#compact().catch(() => {});
    } finally {
      this.#isWriting = false;
      if (this.#writes.length > 0) void this.#writeAll();
    }
  }

  async #write(writes: readonly Write[]): Promise<void> {
    while (true) {
      await this.#refresh();
      const { next, generation } = this.#index;
      const { changes, settle } = changesOf(writes, this.#index);
      if (changes.length > 0 && !await this.#log.append(generation, next, changes)) continue;
      for (const each of settle) each();
      return;
    }
  }

  /** Drops what was replaced, once that is most of what is on the disk. */
  async #compact(): Promise<void> {
    const { compactBytes = 16 * 1024 * 1024 } = this.#options;
    await this.#refresh();
    const { dead, live, next, generation } = this.#index;
    // A generation is named by its first revision, so that it has one change at least.
    if (next === generation || dead < compactBytes || dead < live) return;
    await this.#log.seal(generation, next);
    await this.#refresh();
  }
}

interface Write {
  readonly key: string;
  readonly value: Uint8Array | undefined;
  readonly expected: number | undefined;
  readonly resolve: (revision: number) => void;
  readonly reject: (error: unknown) => void;
}

/** The changes that writes come to, one after another, and what to say to each of them once they are on the disk. */
function changesOf(
  writes: readonly Write[],
  index: FileIndex,
): { readonly changes: readonly Change[]; readonly settle: readonly (() => void)[] } {
  const changes: Change[] = [];
  const settle: (() => void)[] = [];
  const now = new Map<string, number>();
  for (const { key, value, expected, resolve, reject } of writes) {
    const found = now.get(key) ?? index.get(key)?.revision ?? 0;
    if (expected !== undefined && expected !== found) {
      settle.push(() => reject(new RevisionConflict(key, { expected, found })));
      continue;
    }
    const revision = index.next + changes.length;
    // What does not exist needs not be deleted.
    if (value === undefined && found === 0) {
      settle.push(() => resolve(revision - 1));
      continue;
    }
    changes.push({ key, revision, value });
    now.set(key, value === undefined ? 0 : revision);
    settle.push(() => resolve(revision));
  }
  return { changes, settle };
}

/** In one file: what is written together is flushed once. */
const MOST_WRITES = 64;
