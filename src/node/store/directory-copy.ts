import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SnapshotCopy } from "../../store/mod.ts";

/** A copy of snapshots as files of a directory, which is made if it does not exist. Only this user can read them. */
export function directoryCopy(directory: string): SnapshotCopy {
  return {
    async *load() {
      const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return [];
        throw error;
      });
      for (const name of names) if (name.endsWith(END)) yield await readFile(join(directory, name));
    },
    async save(name, bytes) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const path = join(directory, name + END);
      if (bytes === undefined) return await rm(path, { force: true });
      // A process that ends half-way leaves the former file.
      const part = `${path}.${crypto.randomUUID()}.part`;
      try {
        await writeFile(part, bytes, { mode: 0o600, flush: true });
        await rename(part, path);
      } catch (error) {
        await rm(part, { force: true });
        throw error;
      }
    },
  };
}

const END = ".snapshot";
