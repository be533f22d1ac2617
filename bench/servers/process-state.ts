import process from "node:process";

/** User and system time of this process since it began. */
export function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

declare const Bun: { gc(synchronously: boolean): void } | undefined;

/**
 * Twice with a pause, since freed memory is returned to the system later. V8 keeps the pages of its young generation, up
 * to 130 MB of them, unless it is a last resort; Go's `debug.FreeOSMemory`, which the peer calls, returns them as well.
 */
export async function collectGarbage(): Promise<void> {
  for (let i = 0; i < 2; i++) {
    if (typeof Bun !== "undefined") Bun.gc(true);
    else globalThis.gc?.({ type: "major", execution: "sync", flavor: "last-resort" });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
