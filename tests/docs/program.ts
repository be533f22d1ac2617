import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Block, ROOT } from "./blocks.ts";

const { name: PACKAGE } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { readonly name: string };
const { exports: ENTRIES } = JSON.parse(readFileSync(join(ROOT, "deno.json"), "utf8")) as {
  readonly exports: Readonly<Record<string, string>>;
};

/** Entries whose names a fragment may use without importing them, as an editor would import them. */
const IMPORTED = [".", "./v3", "./node", "./validate", "./files", "./feed", "./testing"];

/** What a fragment may take as given: what the first example of each page has made. */
const GIVEN: Readonly<Record<string, string>> = {
  cache: "new SnapshotCache()",
  server: "createDiscoveryServer({ cache })",
  readFile: '(path: string) => import("node:fs/promises").then(({ readFile }) => readFile(path))',
};

/** A block as a module by itself: what it takes as given and does not import is put before it. */
export function programOf({ text, context }: Block): string {
  const code = `${context}\n${text}`;
  const taken = namesIn(code);
  const given = Object.entries(GIVEN).filter(([name]) => taken.has(name) && !declares(code, name));
  const declared = given.map(([name, value]) => `const ${name} = ${value};`).join("\n");
  // `server` is made of `cache`.
  const needsCache = given.some(([name]) => name === "server") && !declares(code, "cache") && !taken.has("cache");
  const preamble = `${needsCache ? `const cache = ${GIVEN["cache"]};\n` : ""}${declared}`;
  const all = `${preamble}\n${code}`;
  return `${importsFor(all)}\n${all}\nexport {};\n`;
}

/** Replaces the names of entries by the paths of their sources. */
export function fromSources(source: string, pathOf: (file: string) => string): string {
  return source
    .replaceAll(
      /"ts-control-plane\/gen\/(.*?)\.js"/g,
      (_all, file) => JSON.stringify(pathOf(join(ROOT, `gen/${file}.ts`))),
    )
    .replaceAll(/"ts-control-plane(\/[\w/-]+)?"/g, (all, entry = "") => {
      const file = ENTRIES[`.${entry}`];
      if (file === undefined) throw new Error(`Cannot find the entry ${all}`);
      return JSON.stringify(pathOf(join(ROOT, file)));
    });
}

function importsFor(code: string): string {
  // Each once: some entries export what their functions use of another one.
  const missing = new Set([...namesIn(code)].filter((name) => !declares(code, name)));
  return IMPORTED.filter((entry) => entry in ENTRIES).map((entry) => {
    const names = exportsOf(entry).filter((name) => missing.delete(name));
    return names.length === 0 ? "" : `import { ${names.join(", ")} } from "${PACKAGE}${entry.slice(1)}";`;
  }).join("\n");
}

function namesIn(code: string): Set<string> {
  const plain = code.replaceAll(/\/\/.*$/gm, "");
  // Not properties, though what is spread follows a point as well.
  return new Set(
    Array.from(plain.matchAll(/(?<![\w$])(?<!(?<!\.\.)\.)[A-Za-z_$][\w$]*(?!\w*:(?!:))/g), ([name]) => name),
  );
}

function declares(code: string, name: string): boolean {
  const declaration = `(?:const|let|function|class|type|interface) ${name}\\b`;
  const unpacked = `(?:const|let) [\\[{][^=;]*\\b${name}\\b[^=;]*=`;
  const imported = `^import [^;]*?\\b${name}\\b[^;]*?from`;
  return new RegExp([declaration, unpacked, imported].join("|"), "m").test(code);
}

const known = new Map<string, string[]>();

/** The names that an entry exports, values and types. */
function exportsOf(entry: string): string[] {
  let names = known.get(entry);
  if (names === undefined) known.set(entry, names = [...exportsIn(join(ROOT, ENTRIES[entry]!))]);
  return names;
}

function exportsIn(file: string): Set<string> {
  const text = readFileSync(file, "utf8").replaceAll(/\/\*[^]*?\*\/|\/\/.*$/gm, "");
  const names = new Set<string>();
  for (const [, list] of text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)) {
    for (const part of list!.split(",")) {
      const name = part.trim().replace(/^type /, "").split(" as ").at(-1)!;
      if (name !== "") names.add(name);
    }
  }
  for (const [, name] of text.matchAll(/^export (?:abstract )?(?:const|function|class|interface|type) (\w+)/gm)) {
    names.add(name!);
  }
  for (const [, path] of text.matchAll(/^export \* from "(.*?)"/gm)) {
    for (const name of exportsIn(join(file, "..", path!))) names.add(name);
  }
  return names;
}
