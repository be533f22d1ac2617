import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { circlesIn, FILES, importsOf, ROOT } from "./imports.ts";

/** What each folder may import, types included, beside itself and gen. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  resource: [],
  v3: ["resource"],
  v2: ["resource", "v3"],
  cache: ["resource", "v3/resource-types.ts"],
  stream: ["resource", "cache"],
  server: ["resource", "v3", "cache", "stream"],
  node: ["server", "resource", "v3", "cache", "validate", "files", "store"],
  testing: ["resource", "cache", "stream", "store"],
  validate: ["resource", "v3", "cache"],
  entries: ["resource", "cache"],
  files: ["resource", "v3", "validate"],
  store: ["resource", "cache"],
  nats: ["resource", "cache", "store", "node/store"],
  cli: ["node", "files", "validate", "server", "resource", "v3", "cache", "store", "nats"],
};

/** Folders that run on any runtime with web standards. */
const WEB_ONLY = [
  "resource",
  "v3",
  "v2",
  "cache",
  "stream",
  "server",
  "testing",
  "validate",
  "entries",
  "files",
  "store",
];

describe("layers", () => {
  it.each(FILES)("%s imports downwards only", (file) => {
    const folder = folderOf(file);
    const allowed = ["gen", ...[folder, ...ALLOWED[folder]!].map((each) => `src/${each}`)];
    const local = importsOf(file).filter((path) => /^(src|gen)\//.test(path));
    expect(local.filter((path) => !allowed.some((each) => path === each || path.startsWith(`${each}/`)))).toEqual([]);
  });

  it.each(FILES.filter((file) => WEB_ONLY.includes(folderOf(file))))("%s uses web standards only", (file) => {
    const text = readFileSync(join(ROOT, "src", file), "utf8").replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, "");
    expect(text).not.toMatch(/"node:|\bBuffer\b|\bprocess\.|\bDeno\./);
  });

  it("have no import circles, of types neither", () => {
    const circles = circlesIn(new Map(FILES.map((file) => [`src/${file}`, importsOf(file)])));
    expect(circles).toEqual([]);
  });
});

describe("circlesIn()", () => {
  it("finds the circles of a graph and nothing else", () => {
    const graph = { a: ["b", "e"], b: ["c"], c: ["d", "b"], d: ["e"], e: [], f: ["g"], g: ["h"], h: ["f", "a"] };
    const circles = circlesIn(new Map(Object.entries(graph)));
    expect(circles.map((circle) => circle.sort())).toEqual([["b", "c"], ["f", "g", "h"]]);
  });
});

describe("the test kit", () => {
  it.each(FILES.filter((file) => file.startsWith("testing/")))("%s needs no test runner", (file) => {
    const foreign = importsOf(file).filter((path) => !/^(src|gen|@bufbuild\/protobuf)\b/.test(path));
    expect(foreign).toEqual([]);
  });
});

describe("mod.ts", () => {
  const { urls, names } = loadWithoutNode();
  const gen = urls.filter((url) => url.startsWith("gen/envoy/"));

  it("reaches no runtime's own modules, in its packages neither", () => {
    expect(urls.length).toBeGreaterThan(100);
    expect(urls.filter((url) => url.startsWith("node:"))).toEqual([]);
  });

  it("reaches none of the types of Envoy's configuration", () => {
    expect(gen.filter((url) => /extensions|config\/(cluster|listener|route|endpoint)/.test(url))).toEqual([]);
    expect(gen.length).toBeGreaterThan(10);
  });

  it("feeds a client where there are web standards and nothing else", () => {
    expect(names).toEqual(["a"]);
  });
});

/** Loads it in a process that has lost what only Node has, and says which modules that took. */
function loadWithoutNode(): { readonly urls: string[]; readonly names: string[] } {
  const program = `
    import { registerHooks } from "node:module";
    const urls = new Set();
    registerHooks({
      resolve(specifier, context, next) {
        const found = next(specifier, context);
        urls.add(found.url);
        return found;
      },
    });
    const { log } = console;
    for (const name of ["process", "Buffer", "global", "setImmediate", "clearImmediate"]) delete globalThis[name];
    const { createDiscoveryServer, rawResource, Snapshot, SnapshotCache } = await import("./mod.ts");
    const own = [...urls];
    const { FakeClient } = await import("./src/testing/mod.ts");
    const { CLUSTER_TYPE } = await import("./src/v3/types.ts");
    const { v3 } = await import("./src/v3/table.ts");
    const cache = new SnapshotCache();
    createDiscoveryServer({ cache });
    const resources = [rawResource(CLUSTER_TYPE, "a", Uint8Array.of(10, 1, 97))];
    cache.setSnapshot("node", new Snapshot({ resources }));
    const client = new FakeClient({ cache, api: v3, variant: "delta" });
    client.subscribe(CLUSTER_TYPE);
    client.settle();
    log(JSON.stringify({ urls: own, names: [...client.resources(CLUSTER_TYPE).keys()] }));
  `;
  const args = ["--input-type=module", "--eval", program];
  const { urls, names } = JSON.parse(execFileSync(process.execPath, args, { cwd: ROOT, encoding: "utf8" }));
  return { urls: urls.map((url: string) => url.replace(`${pathToFileURL(ROOT).href}/`, "")), names };
}

function folderOf(file: string): string {
  return file.split("/")[0]!;
}
