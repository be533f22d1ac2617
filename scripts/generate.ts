// Makes gen/ from Envoy's .proto files, which the crate `envoy-types` ships. See `--help`.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";

const HELP = `Usage: npm run generate [-- options]

Makes gen/ from the .proto files of the pinned version of Envoy's API.

  --check            change nothing; say which files differ, and fail if there are any
  --crate <version>  first move to another version of the crate envoy-types, which ships the .proto files
  --help             show this text`;

/** Where the crate keeps the modules, each of which is a root for imports. */
const MODULES = [
  "cel-spec/proto",
  "client_model",
  "data-plane-api",
  "googleapis",
  "opentelemetry-proto",
  "protoc-gen-validate",
  "ratelimit/api",
  "xds",
];

const root = join(import.meta.dirname, "..");
const manifest = join(root, "scripts/protos/Cargo.toml");

main();

function main(): void {
  const { values } = parseArgs({
    options: { check: { type: "boolean" }, crate: { type: "string" }, help: { type: "boolean" } },
  });
  if (values.help) return console.log(HELP);
  if (values.crate !== undefined) pin(values.crate);
  const work = mkdtempSync(join(tmpdir(), "ts-control-plane-gen-"));
  try {
    const fresh = generate(work);
    if (values.check) return check(fresh);
    rmSync(join(root, "gen"), { recursive: true, force: true });
    cpSync(fresh, join(root, "gen"), { recursive: true });
    console.log(`gen/ has ${filesIn(fresh).length} files`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function pin(version: string): void {
  writeFileSync(manifest, readFileSync(manifest, "utf8").replace(/envoy-types = "=.*"/, `envoy-types = "=${version}"`));
  execFileSync("cargo", ["generate-lockfile", "--manifest-path", manifest], { stdio: "inherit" });
}

function generate(work: string): string {
  console.log("Fetching the .proto files ...");
  cpSync(protoFolder(), join(work, "protos"), { recursive: true });
  cpSync(join(root, "buf.gen.yaml"), join(work, "buf.gen.yaml"));
  const modules = MODULES.map((path) => `  - path: protos/${path}\n`).join("");
  writeFileSync(join(work, "buf.yaml"), readFileSync(join(root, "buf.yaml"), "utf8") + `modules:\n${modules}`);
  console.log("Generating ...");
  const bin = join(root, "node_modules/.bin");
  const path = `${bin}:${process.env.PATH}`;
  execFileSync(join(bin, "buf"), ["generate"], { cwd: work, stdio: "inherit", env: { ...process.env, PATH: path } });
  return join(work, "gen");
}

function protoFolder(): string {
  const output = run("cargo", ["metadata", "--locked", "--format-version", "1", "--manifest-path", manifest]);
  const { packages } = JSON.parse(output) as { packages: { name: string; manifest_path: string }[] };
  const found = packages.find(({ name }) => name === "envoy-types");
  if (found === undefined) throw new Error(`Cannot find the crate envoy-types: ${manifest} does not name it`);
  return join(dirname(found.manifest_path), "proto");
}

function run(command: string, args: string[]): string {
  try {
    return execFileSync(command, args, { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "inherit"] });
  } catch (cause) {
    const missing = (cause as { code?: string }).code === "ENOENT";
    throw new Error(`Cannot run ${command}: ${missing ? "it is not installed; see https://rustup.rs" : cause}`, {
      cause,
    });
  }
}

function check(fresh: string): void {
  const committed = join(root, "gen");
  const names = new Set([...filesIn(fresh), ...filesIn(committed)]);
  const differ = [...names].filter((name) => read(join(fresh, name)) !== read(join(committed, name))).sort();
  if (differ.length === 0) return console.log(`gen/ equals a fresh generation: ${names.size} files`);
  console.error(`gen/ differs from a fresh generation in ${differ.length} files; run: npm run generate`);
  for (const name of differ.slice(0, 20)) console.error(`  ${name}`);
  process.exitCode = 1;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

function read(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
