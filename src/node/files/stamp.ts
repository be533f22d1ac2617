import { type BigIntStats, statSync } from "node:fs";

/** Changes when a file does: its device, its number, its size and when it was written. */
export function stampOfStats({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join();
}

/** The stamp of a path; of one that cannot be looked at the reason. */
export function stampOf(path: string): string {
  try {
    return stampOfStats(statSync(path, { bigint: true }));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}
