import { execFile } from "node:child_process";
import { access, mkdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

/** The server that the example and the tests of the store run. */
export const NATS_VERSION = "v2.15.3";

/**
 * The path of a NATS server: the one that the environment variable `NATS_SERVER` names, or else
 * {@link NATS_VERSION}, built on first use with Go. Of several processes that need it one builds it, and the others wait.
 */
export async function ensureNats({ onInstall }: { readonly onInstall?: (what: string) => void } = {}): Promise<string> {
  const own = process.env["NATS_SERVER"];
  if (own) return own;
  const folder = join(import.meta.dirname, "../../node_modules/.cache/ts-control-plane/nats", NATS_VERSION);
  const binary = join(folder, "nats-server");
  const lock = join(folder, "lock");
  await mkdir(folder, { recursive: true });
  for (let seconds = 0; seconds < MOST_SECONDS; seconds++) {
    if (await exists(binary)) return binary;
    if (await locked(lock, () => build(folder, onInstall))) return binary;
    await sleep(1_000);
  }
  throw new Error(`Cannot run a NATS server: another process builds it; if none does, remove ${lock}`);
}

const MOST_SECONDS = 600;

/** @returns false if another process has the lock */
async function locked(lock: string, work: () => Promise<void>): Promise<boolean> {
  try {
    await mkdir(lock);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
  try {
    await work();
    return true;
  } finally {
    await rmdir(lock);
  }
}

async function build(folder: string, onInstall: ((what: string) => void) | undefined): Promise<void> {
  onInstall?.(`nats-server ${NATS_VERSION}`);
  const env = { ...process.env, GOBIN: folder, GOFLAGS: "-mod=mod" };
  try {
    await promisify(execFile)("go", ["install", `github.com/nats-io/nats-server/v2@${NATS_VERSION}`], { env });
  } catch (cause) {
    const { code, stderr = "" } = cause as { code?: unknown; stderr?: string };
    const missing = code === "ENOENT" ? "Cannot find go: install Go 1.26 or newer" : undefined;
    throw new Error(missing ?? `Cannot build the NATS server; it needs Go 1.26 or newer:\n${stderr}`, { cause });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
