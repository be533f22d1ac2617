import { access, link, mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Change, type ChangesFile, decodeChanges, encodeChanges } from "./record.ts";

/**
 * The changes of a store as files of a directory, in generations. `store/<generation>/<revision>` has changes from that
 * revision on. It is written elsewhere, flushed, and linked to its name, which only one process can: whoever finds the
 * name taken has to read it first. So there is no lock that a process could leave behind.
 *
 * A generation is sealed by a file of the same kind, after which it has no more names. What is left of its changes is
 * the first file of the next one, and its folder is removed: a process that has missed that cannot link to it any more.
 */
export class ChangeLog {
  readonly #parts: string;
  readonly #store: string;

  private constructor(directory: string) {
    this.#parts = join(directory, "parts");
    this.#store = join(directory, "store");
  }

  /** Opens the log of a directory, which is made if it does not exist. */
  static async open(directory: string): Promise<ChangeLog> {
    const log = new ChangeLog(directory);
    await mkdir(log.#parts, { recursive: true, mode: 0o700 });
    await log.#removeParts();
    if (!await exists(log.#store)) await log.#begin();
    return log;
  }

  /** What identifies the store: written by the process that has made it. */
  identity(): Promise<string> {
    return readFile(join(this.#store, "identity"), "utf8");
  }

  /** The folder in which a file appears with each change of a generation. */
  folder(generation: number): string {
    return join(this.#store, nameOf(generation));
  }

  /** The path of changes; without a revision, that of what is left of all former generations. */
  path(generation: number, revision?: number): string {
    return join(this.folder(generation), revision === undefined ? "left" : nameOf(revision));
  }

  /** Reads a file; undefined if it does not exist. */
  async read(path: string): Promise<ChangesFile | undefined> {
    try {
      return decodeChanges(await readFile(path));
    } catch (error) {
      if (isCode(error, "ENOENT")) return undefined;
      throw error;
    }
  }

  /** Whether a generation is not replaced by another. */
  has(generation: number): Promise<boolean> {
    return exists(this.folder(generation));
  }

  /** The latest generation: the revision with which it begins. */
  async latest(): Promise<number> {
    const names = (await readdir(this.#store)).filter((name) => /^\d+$/.test(name));
    return Math.max(...names.map(Number));
  }

  /** Appends changes. @returns whether that was their revision; if not, nothing is written */
  append(generation: number, revision: number, changes: readonly Change[]): Promise<boolean> {
    return this.#link(this.path(generation, revision), encodeChanges(revision + changes.length, changes));
  }

  /** Ends a generation. @returns whether that was the next revision */
  seal(generation: number, revision: number): Promise<boolean> {
    return this.#link(this.path(generation, revision), encodeChanges(revision, [], { isSeal: true }));
  }

  /** Begins the generation after a sealed one, unless another process has, and removes all former ones. */
  async replace(revision: number, left: readonly Change[]): Promise<void> {
    const part = join(this.#parts, crypto.randomUUID());
    await mkdir(part, { mode: 0o700 });
    await write(join(part, "left"), encodeChanges(revision, left));
    await flush(part);
    await this.#place(part, this.folder(revision));
    await flush(this.#store);
    const latest = await this.latest();
    for (const name of await readdir(this.#store)) {
      if (!/^\d+$/.test(name) || Number(name) >= latest) continue;
      // At once for all that link to it.
      const old = join(this.#parts, crypto.randomUUID());
      await rename(join(this.#store, name), old).catch(ignoreMissing);
      await rm(old, { recursive: true, force: true });
    }
  }

  async #begin(): Promise<void> {
    const part = join(this.#parts, crypto.randomUUID());
    const first = join(part, nameOf(1));
    await mkdir(first, { recursive: true, mode: 0o700 });
    await write(join(part, "identity"), new TextEncoder().encode(crypto.randomUUID()));
    await write(join(first, "left"), encodeChanges(1, []));
    await flush(first);
    await flush(part);
    await this.#place(part, this.#store);
    await flush(join(this.#store, ".."));
  }

  /** Gives a folder its name, unless there is one already. */
  async #place(part: string, path: string): Promise<void> {
    try {
      await rename(part, path);
    } catch (error) {
      await rm(part, { recursive: true, force: true });
      if (!isCode(error, "ENOTEMPTY") && !isCode(error, "EEXIST") && !await exists(path)) throw error;
    }
  }

  async #link(path: string, bytes: Uint8Array): Promise<boolean> {
    const part = join(this.#parts, crypto.randomUUID());
    try {
      await write(part, bytes);
      await link(part, path);
    } catch (error) {
      if (isCode(error, "EEXIST")) return false;
      // The folder of a former generation.
      if (isCode(error, "ENOENT") && !await exists(join(path, ".."))) return false;
      throw error;
    } finally {
      await rm(part, { force: true });
    }
    // It counts already, if its generation is replaced meanwhile: in what is left then.
    await flush(join(path, "..")).catch(ignoreMissing);
    return true;
  }

  /** Those of processes that were killed. */
  async #removeParts(): Promise<void> {
    for (const name of await readdir(this.#parts)) {
      const path = join(this.#parts, name);
      const found = await stat(path).catch(() => undefined);
      if (found !== undefined && Date.now() - found.mtimeMs > PART_MS) await rm(path, { recursive: true, force: true });
    }
  }
}

/** A writer needs less than that for a file. */
const PART_MS = 600_000;

function nameOf(revision: number): string {
  return String(revision).padStart(16, "0");
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    ignoreMissing(error);
    return false;
  }
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the names of a folder durable. */
async function flush(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } catch (error) {
    // Some systems cannot flush a folder, and need not.
    if (!isCode(error, "EPERM") && !isCode(error, "EINVAL")) throw error;
  } finally {
    await handle.close();
  }
}

function ignoreMissing(error: unknown): void {
  if (!isCode(error, "ENOENT")) throw error;
}

/** Whether an error of the file system has a code. */
export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}
