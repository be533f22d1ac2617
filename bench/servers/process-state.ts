import process from "node:process";

/** User and system time of this process since it began. */
export function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

declare const Bun: { gc(synchronously: boolean): void } | undefined;

/** Twice with a pause, since freed memory is returned to the system later. */
export async function collectGarbage(): Promise<void> {
  for (let i = 0; i < 2; i++) {
    if (typeof Bun !== "undefined") Bun.gc(true);
    else globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
