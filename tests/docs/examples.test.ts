import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { dirname, join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { selfSigned } from "../server/self-signed.ts";
import { type Block, blocksOf, examplesInSources, PAGES, ROOT } from "./blocks.ts";
import { fromSources, programOf } from "./program.ts";

const BLOCKS = [...PAGES.flatMap(blocksOf), ...examplesInSources()].filter(({ language }) => language === "ts");
const FENCES = [...PAGES.flatMap(blocksOf)];

/** Blocks that are no TypeScript are still known: a fence in any other language would not be looked at. */
const LANGUAGES = ["ts", "sh", "json", "text", "yaml", "mermaid"];

/** What examples import from files that a reader would have. */
const READERS_FILES: Readonly<Record<string, string>> = {
  "src-cache-snapshots-from-ts/database.ts": `
    import type { Resource } from "ts-control-plane";
    export declare function loadClusters(options: { signal: AbortSignal }): Promise<{ name: string }[]>;
    export declare function clusterOf(row: { name: string }): Resource;
  `,
};

/** The options of most projects, rather than all that this one has. */
const AS_STRICT = { verbatimModuleSyntax: false, exactOptionalPropertyTypes: false, noUncheckedIndexedAccess: false };

// In the cache of the repository, so that packages are found from there.
const cache = join(ROOT, "node_modules/.cache/ts-control-plane");
let folder: string;
let errors: readonly string[];

beforeAll(() => {
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(join(cache, "docs-"));
  for (const [index, block] of BLOCKS.entries()) {
    const file = join(folder, fileOf(block, index));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, fromSources(programOf(block), (path) => path));
  }
  for (const [name, text] of Object.entries(READERS_FILES)) {
    writeFileSync(join(folder, name), fromSources(text, (path) => path));
  }
  const compilerOptions = {
    noEmit: true,
    types: ["node"],
    ...AS_STRICT,
  };
  const config = { extends: join(ROOT, "tsconfig.json"), compilerOptions, include: ["**/*.mts"], exclude: [] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(ROOT, "node_modules/.bin/tsc");
  errors = spawnSync(tsc, ["-p", folder, "--pretty", "false"], { cwd: folder, encoding: "utf8" }).stdout.split("\n");
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("each example has the types that it should", () => {
  it.each(BLOCKS.map((block, index) => ({ ...block, index, title: `${block.page}:${block.line}` })))(
    "$title",
    ({ index, ...block }) => {
      const name = fileOf(block, index);
      expect(errors.filter((line) => line.startsWith(`${name}(`)).join("\n")).toBe("");
    },
  );

  it("and there are no other errors", () => {
    const own = BLOCKS.map(fileOf);
    const others = errors.filter((line) =>
      line.includes(": error ") && !own.some((name) => line.startsWith(`${name}(`))
    );
    expect(others).toEqual([]);
    expect(BLOCKS.length).toBeGreaterThan(40);
  });

  it("in a language that is looked at", () => {
    expect(FENCES.filter(({ language }) => !LANGUAGES.includes(language))).toEqual([]);
  });
});

/** They make resources, and need no more than the files of a reader. */
const MAKERS = BLOCKS.filter(({ page, context }) => /^src\/v3\/|^docs\/resources\.md/.test(page) && context === "");

describe("each example of makers runs", () => {
  let thrown: Readonly<Record<string, string>>;

  beforeAll(() => {
    const { key, cert } = selfSigned("web");
    const files = { "web.key": key, "web.crt": cert, "ca.crt": cert, "envoy.yaml": "resources: []", "run.mjs": RUN };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    for (const [index, block] of MAKERS.entries()) {
      // Node strips no types in this folder.
      const program = stripTypeScriptTypes(fromSources(programOf(block), (path) => path));
      writeFileSync(join(folder, `${index}.mjs`), program);
    }
    const args = ["run.mjs", ...MAKERS.map((_, index) => `./${index}.mjs`)];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    if (stdout === "") throw new Error(stderr);
    thrown = JSON.parse(stdout.split("\n").at(-1)!) as Record<string, string>;
  });

  it.each(MAKERS.map((block, index) => ({ index, title: `${block.page}:${block.line}` })))("$title", ({ index }) => {
    expect(thrown[`./${index}.mjs`]).toBe("");
  });

  it("and there are some", () => expect(MAKERS.length).toBeGreaterThan(15));
});

/** Runs modules in one process, and prints last what each has thrown. */
const RUN = `
const thrown = {};
for (const file of process.argv.slice(2)) {
  thrown[file] = await import(file).then(() => "", String);
}
process.stdout.write(JSON.stringify(thrown));
`;

/** Files of a page that import each other are in one folder, under the names that the page gives them. */
function fileOf({ page, text }: Block, index: number): string {
  const [, own] = /^\/\/ ([\w.-]+)\n/.exec(text) ?? [];
  return `${page.replaceAll(/\W/g, "-")}/${own ?? `${index}.mts`}`;
}
