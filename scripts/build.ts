// Makes dist/, which the npm package holds: the types by tsc, a file for each source, and the code by rolldown. See
// `--help`.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { type OutputBundle, type OutputChunk, rolldown } from "rolldown";
import { chunkGroups } from "./build/chunk-groups.ts";

const HELP = `Usage: npm run build

Makes dist/: declarations by tsc, and code in which the modules that are loaded together are one file, since most of the
time that an import takes is spent on finding and opening files.

  --help  show this text`;

/** Most programs import these, so that what they share is split by them alone. */
const COMMON = ["mod", "src/v3/mod", "src/node/mod"];

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");

const { values: { help } } = parseArgs({ options: { help: { type: "boolean" } } });
if (help) console.log(HELP);
else await main();

async function main(): Promise<void> {
  rmSync(dist, { recursive: true, force: true });
  execFileSync(join(root, "node_modules/.bin/tsc"), ["-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
  const input = Object.fromEntries(entries().map((name) => [name, join(root, `${name}.ts`)]));
  await using bundle = await rolldown({
    input,
    // What stands in for syntax that the target lacks becomes part of the output.
    external: (id) => !/^(?:[./]|@oxc-project\/runtime\/)/.test(id),
    platform: "neutral",
    // The oldest Node that the package runs on lacks `using`.
    transform: { target: "es2024" },
    treeshake: false,
    onLog: (level, log) => {
      if (level === "info") return;
      throw new Error(log.message, { cause: log });
    },
  });
  const { output } = await bundle.write({
    dir: dist,
    format: "esm",
    sourcemap: "hidden",
    plugins: [{ name: "source-maps", generateBundle: (_, files) => referToMaps(files) }],
    comments: { jsdoc: false },
    keepNames: true,
    entryFileNames: "[name].js",
    chunkFileNames: "chunks/[name].js",
    minifyInternalExports: false,
    codeSplitting: { groups: chunkGroups({ root, entries: COMMON.map((name) => input[name]!) }) },
  });
  const chunks = output.filter((each): each is OutputChunk => each.type === "chunk");
  checkWebOnly(chunks);
  console.log(`dist/ has ${chunks.length} modules of ${chunks.flatMap((each) => each.moduleIds).length} sources`);
}

/** Takes away the source maps of gen/, which would show nothing and take more room than all the code. */
function referToMaps(files: OutputBundle): void {
  for (const file of Object.values(files)) {
    if (file.type !== "chunk" || file.map === null) continue;
    const map = `${file.fileName}.map`;
    const generated = file.moduleIds.every((id) => id.startsWith(join(root, "gen/")));
    if (generated) delete files[map];
    else file.code += `//# sourceMappingURL=${basename(map)}\n`;
  }
}

/** The division into chunks has to leave those modules alone that runtimes without Node's can load. */
function checkWebOnly(chunks: readonly OutputChunk[]): void {
  const imports = new Map(chunks.map((chunk) => [chunk.fileName, chunk.imports]));
  for (const { fileName, isEntry } of chunks) {
    if (!isEntry || /^src\/(?:node|nats|cli)\//.test(fileName)) continue;
    const loaded = new Set([fileName]);
    for (const each of loaded) for (const imported of imports.get(each) ?? []) loaded.add(imported);
    const found = [...loaded].filter((each) => each.startsWith("node:"));
    if (found.length > 0) throw new Error(`${fileName} would import ${found.join(", ")} through its chunks`);
  }
}

/** The paths, without suffix, of the sources that package.json exports: by name, as commands, and all of gen/. */
function entries(): string[] {
  const { exports, bin } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    exports: Record<string, string | { default: string }>;
    bin: Record<string, string>;
  };
  const exported = Object.values(exports).flatMap((each) => typeof each === "string" ? [] : [each.default]);
  const built = [...exported, ...Object.values(bin)].filter((path) => !path.includes("*"));
  const generated = readdirSync(join(root, "gen"), { recursive: true, encoding: "utf8" }).map((path) => `gen/${path}`);
  const named = built.map((path) => /^(?:\.\/)?dist\/(.*)\.js$/.exec(path)![1]!);
  return [...new Set([...named, ...generated.filter((path) => path.endsWith(".ts")).map((path) => path.slice(0, -3))])];
}
