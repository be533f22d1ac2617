import { open } from "node:fs/promises";
import { type ChangeLog, isCode } from "./change-log.ts";
import type { Change, ChangesFile } from "./record.ts";

/** The last change of a key, and where its value is. */
export interface Indexed {
  readonly key: string;
  readonly revision: number;
  readonly path: string;
  readonly at: number;
  /** In bytes; undefined if the key was deleted. */
  readonly length: number | undefined;
}

/** The last change of each key of a log, in the order of their revisions. Values stay in their files. */
export class FileIndex {
  readonly #log: ChangeLog;
  readonly #entries = new Map<string, Indexed>();
  /** The generation that was read; 0 before the first one. */
  generation = 0;
  /** The revision of the next change. */
  next = 0;
  /** The bytes that a new generation would save, and those that it would have, roughly. */
  dead = 0;
  live = 0;

  constructor(log: ChangeLog) {
    this.#log = log;
  }

  get(key: string): Indexed | undefined {
    const entry = this.#entries.get(key);
    return entry?.length === undefined ? undefined : entry;
  }

  /** The changes from a revision on, deletions of this generation too. */
  since(revision: number): Indexed[] {
    if (revision >= this.next) return [];
    return [...this.#entries.values()].filter((entry) => entry.revision >= revision);
  }

  /** Reads what the log has more. */
  async refresh(): Promise<void> {
    while (true) {
      const path = this.#log.path(this.generation, this.next);
      const file = this.generation === 0 ? undefined : await this.#log.read(path);
      if (file?.isSeal) await this.#follow();
      else if (file !== undefined) this.#add(file, path);
      else if (this.generation > 0 && await this.#log.has(this.generation)) return;
      else await this.#load(await this.#log.latest());
    }
  }

  /** Reads a value; undefined if its file does not exist any more. */
  async value({ path, at, length }: Indexed): Promise<Uint8Array | undefined> {
    let file;
    try {
      file = await open(path, "r");
    } catch (error) {
      if (isCode(error, "ENOENT")) return undefined;
      throw error;
    }
    try {
      const value = new Uint8Array(length!);
      const { bytesRead } = await file.read(value, 0, length!, at);
      if (bytesRead !== length) throw new Error(`Cannot read ${path}: it is cut off`);
      return value;
    } finally {
      await file.close();
    }
  }

  /** Begins the generation after the one that was read and sealed, if its process has not. */
  async #follow(): Promise<void> {
    const { next } = this;
    if (!await this.#log.has(next)) {
      const left: Change[] = [];
      for (const entry of this.#entries.values()) {
        if (entry.length === undefined) continue;
        const value = await this.value(entry);
        // Another process has been faster.
        if (value === undefined) return await this.#load(await this.#log.latest());
        left.push({ key: entry.key, revision: entry.revision, value });
      }
      await this.#log.replace(next, left);
    }
    await this.#load(await this.#log.latest());
  }

  async #load(generation: number): Promise<void> {
    const path = this.#log.path(generation);
    const file = await this.#log.read(path);
    // A later one has replaced it.
    if (file === undefined) return;
    this.#entries.clear();
    this.dead = this.live = 0;
    this.generation = generation;
    this.#add(file, path);
    this.dead = 0;
  }

  #add({ next, places }: ChangesFile, path: string): void {
    for (const { key, revision, at, length } of places) {
      const before = this.#entries.get(key);
      this.dead += OVERHEAD + (before?.length ?? 0);
      this.live += (length ?? 0) - (before?.length ?? 0);
      this.#entries.delete(key);
      this.#entries.set(key, { key, revision, path, at, length });
    }
    this.next = next;
  }
}

/** What a change costs beside its value, in bytes. */
const OVERHEAD = 100;
