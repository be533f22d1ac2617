import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

/** What each folder may import, beside itself and gen. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  resource: [],
  v3: ["resource"],
  v2: ["resource", "v3"],
  cache: ["resource", "v3"],
  stream: ["resource", "cache"],
  server: ["resource", "v3", "cache", "stream"],
  node: ["server"],
  testing: ["resource", "cache", "stream"],
};

/** Folders that run on any runtime with web standards. */
const WEB_ONLY = ["resource", "v3", "v2", "cache", "stream", "server", "testing"];

const FILES = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" }).filter((path) =>
  path.endsWith(".ts")
);

describe("layers", () => {
  it.each(FILES)("%s imports downwards only", (file) => {
    const folder = file.split("/")[0]!;
    for (const specifier of importsOf(join(ROOT, "src", file))) {
      if (!specifier.startsWith(".")) continue;
      const [top, target] = relative(ROOT, join(ROOT, "src", dirname(file), specifier)).split("/");
      if (top === "gen" || target === folder) continue;
      expect(ALLOWED[folder], `${file} imports ${specifier}`).toContain(target);
    }
  });

  it.each(FILES.filter((file) => WEB_ONLY.includes(file.split("/")[0]!)))("%s uses web standards only", (file) => {
    const text = readFileSync(join(ROOT, "src", file), "utf8").replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, "");
    expect(text).not.toMatch(/"node:|\bBuffer\b|\bprocess\.|\bDeno\./);
  });
});

describe("the test kit", () => {
  it.each(FILES.filter((file) => file.startsWith("testing/")))("%s needs no test runner", (file) => {
    const foreign = importsOf(join(ROOT, "src", file)).filter((specifier) => !specifier.startsWith("."));
    expect(foreign.filter((specifier) => !specifier.startsWith("@bufbuild/protobuf"))).toEqual([]);
  });
});

describe("mod.ts", () => {
  it("reaches no runtime's own modules and none of the types of Envoy's configuration", () => {
    const reached = reach(join(ROOT, "mod.ts"));
    expect([...reached].filter((path) => path.startsWith("node:"))).toEqual([]);
    const gen = [...reached].map((path) => relative(ROOT, path)).filter((path) => path.startsWith("gen/envoy/"));
    expect(gen.filter((path) => /extensions|config\/(cluster|listener|route|endpoint)/.test(path))).toEqual([]);
    expect(gen.length).toBeGreaterThan(10);
  });
});

function importsOf(path: string): string[] {
  const text = readFileSync(path, "utf8");
  return [...text.matchAll(/^(?:import|export)\s(?!type)[^;]*?from\s+"([^"]+)"/gm)].map((match) => match[1]!);
}

function reach(path: string, reached = new Set<string>()): Set<string> {
  if (reached.has(path)) return reached;
  reached.add(path);
  if (!path.startsWith("/")) return reached;
  for (const specifier of importsOf(path)) {
    reach(specifier.startsWith(".") ? join(dirname(path), specifier) : specifier, reached);
  }
  return reached;
}
