import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { ensureEnvoy } from "../../examples/demo/install-envoy.ts";
import { RUNTIMES } from "../../tests/runtimes/runtimes.ts";
import { follow, guideOf, programOf } from "./guide.ts";

/** How the first steps are taken. */
export interface FirstStepsOptions {
  /** A folder outside of the repository for all that is made. */
  readonly work: string;
  /** The content of README.md. */
  readonly readme: string;
  /** The registry that has the package. */
  readonly registry: string;
}

const NODE_HEADING = "## From nothing to a request";

/** The versions of TypeScript that most projects have. */
const COMPILERS = ["typescript@5.9.3", "typescript@7.0.2"];

/**
 * Does what README tells a newcomer to do, as it stands, in an empty folder for each runtime: it installs the package,
 * starts the server and a real Envoy, and sends a request. The files are type-checked by each compiler.
 */
export async function firstSteps({ work, readme, registry }: FirstStepsOptions): Promise<void> {
  const tools = await toolsFor(work);
  const onNode = guideOf(readme, NODE_HEADING);
  for (const { name, npm, bin } of RUNTIMES) {
    const started = performance.now();
    const folder = mkdtempSync(join(work, "empty-"));
    // The files are the same for all runtimes.
    const guide = bin === "node" ? onNode : { ...guideOf(readme, `### With ${name}`), files: onNode.files };
    const path = [tools, dirname(await programOf(npm, bin)), process.env["PATH"]].join(delimiter);
    await follow(guide, { folder, env: environment({ path, work, registry }) });
    // Once: the types do not depend on the runtime.
    if (npm === RUNTIMES[0]!.npm) for (const each of COMPILERS) await check(folder, each, Object.keys(guide.files));
    rmSync(folder, { recursive: true, force: true });
    console.log(`README's first steps work with ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  }
}

/** Envoy as `envoy`, beside others on this machine: its admin interface has any free port. */
async function toolsFor(work: string): Promise<string> {
  const folder = join(work, "bin");
  mkdirSync(folder);
  const any = "admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}";
  const options = `--disable-hot-restart --concurrency 1 --config-yaml '${any}'`;
  writeFileSync(join(folder, "envoy"), `#!/bin/sh\nexec "${await ensureEnvoy()}" "$@" ${options}\n`);
  chmodSync(join(folder, "envoy"), 0o755);
  return folder;
}

/** Caches of their own where a package is cached by its version alone, or by the URL of the registry. */
function environment({ path, work, registry }: { path: string; work: string; registry: string }): NodeJS.ProcessEnv {
  const caches = { DENO_DIR: join(work, "deno"), BUN_INSTALL_CACHE_DIR: join(work, "bun") };
  // npm and Bun read the former name, Deno the latter.
  const registries = { npm_config_registry: registry, NPM_CONFIG_REGISTRY: registry };
  return { ...process.env, ...caches, ...registries, PATH: path, NO_COLOR: "1" };
}

async function check(folder: string, compiler: string, files: readonly string[]): Promise<void> {
  const tsc = await programOf(compiler, "tsc");
  const options = ["--noEmit", "--strict", "--target", "es2024", "--module", "nodenext"];
  const { status, stdout } = spawnSync(tsc, [...options, ...files], { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(`Cannot check the types of README with ${compiler}:\n${stdout}`);
}

/** README as it is in the repository. */
export function readReadme(root: string): string {
  return readFileSync(join(root, "README.md"), "utf8");
}
