import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { ensureEnvoy } from "../../examples/demo/install-envoy.ts";
import { RUNTIMES } from "../../tests/runtimes/runtimes.ts";
import { follow, guideOf, guidesOf, programOf } from "./guide.ts";

/** How the steps are taken. */
export interface StepsOptions {
  /** A folder outside of the repository for all that is made. */
  readonly work: string;
  /** The folder of the repository, whose pages are followed. */
  readonly root: string;
  /** The URL of the registry that has the package. */
  readonly registry: string;
}

/** The versions of TypeScript that most projects have. */
const COMPILERS = ["typescript@5.9.3", "typescript@7.0.2"];

/** Pages whose commands are followed from their beginning to their end, on Node. */
const PAGES = ["docs/getting-started.md", "docs/your-own-control-plane.md", "docs/deployment.md"];

/**
 * Does what README and the pages for newcomers have their readers do, as it stands, in empty folders: it installs the
 * package, starts servers and a real Envoy, and sends requests; README with each runtime. The types of README's files are
 * checked by each compiler.
 */
export async function takeFirstSteps({ work, root, registry }: StepsOptions): Promise<void> {
  const tools = await toolsFor(work);
  const page = (name: string) => readFileSync(join(root, name), "utf8");
  const onNode = guideOf(page("README.md"), "## From nothing to a request");
  for (const { name, npm, bin } of RUNTIMES) {
    // The files are the same for all runtimes.
    const guide = bin === "node" ? onNode : { ...guideOf(page("README.md"), `### With ${name}`), files: onNode.files };
    const path = [tools, dirname(await programOf(npm, bin)), process.env["PATH"]].join(delimiter);
    await inEmptyFolder(`README with ${name}`, work, async (folder) => {
      await follow([guide], { folder, env: environment({ path, work, registry }) });
      // Once: the types do not depend on the runtime.
      if (npm === RUNTIMES[0]!.npm) {
        for (const each of COMPILERS) await check(folder, each, Object.keys(guide.files));
      }
    });
  }
  const path = [tools, dirname(process.execPath), process.env["PATH"]].join(delimiter);
  for (const name of PAGES) {
    await inEmptyFolder(name, work, (folder) => {
      return follow(guidesOf(page(name)), { folder, env: environment({ path, work, registry }) });
    });
  }
}

async function inEmptyFolder(what: string, work: string, use: (folder: string) => Promise<void>): Promise<void> {
  const started = performance.now();
  const folder = mkdtempSync(join(work, "empty-"));
  await use(folder);
  rmSync(folder, { recursive: true, force: true });
  console.log(`${what} can be followed (${((performance.now() - started) / 1000).toFixed(1)} s)`);
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
