import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { blocksOf, ROOT } from "./blocks.ts";
import { fromSources } from "./program.ts";

const CONFIG = blocksOf("docs/getting-started.md").find(({ language }) => language === "json")!.text;

it.each(["docs/getting-started.md", "docs/your-own-control-plane.md"])("the files of %s compile with it", (page) => {
  expect(errorsOf(page, CONFIG)).toEqual([]);
});

it("needs its option for imports of .mts", () => {
  const without = CONFIG.replace(/.*allowImportingTsExtensions.*\n/, "");
  expect(errorsOf("docs/your-own-control-plane.md", without).join("\n")).toContain("TS5097");
});

/** Errors in the files of a page. The sources have options of their own, and stand for the types of the package. */
function errorsOf(page: string, config: string): string[] {
  const cache = join(ROOT, "node_modules/.cache/ts-control-plane");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "tsconfig-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  let count = 0;
  for (const { language, text } of blocksOf(page)) {
    const [, name] = /^\/\/ ([\w.-]+\.mts)\n/.exec(text) ?? [];
    if (language !== "ts" || name === undefined) continue;
    writeFileSync(join(folder, name), fromSources(text, (path) => path));
    count++;
  }
  expect(count).toBeGreaterThan(2);
  writeFileSync(join(folder, "tsconfig.json"), config);
  const tsc = join(ROOT, "node_modules/.bin/tsc");
  const { stdout, stderr } = spawnSync(tsc, ["-p", folder, "--pretty", "false"], { cwd: folder, encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((line) => /^[\w.-]+(\.mts|\.json)?\(|^error/.test(line));
}
