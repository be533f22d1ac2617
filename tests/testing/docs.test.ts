import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

it("the example of docs/testing-a-cache.md passes its tests, with Node's own test runner", () => {
  const { exports } = JSON.parse(readFileSync(join(ROOT, "deno.json"), "utf8"));
  const [, example] = /```ts\n([^]*?)```/.exec(readFileSync(join(ROOT, "docs/testing-a-cache.md"), "utf8"))!;
  const source = example!.replaceAll(/"ts-control-plane(.*?)"/g, (_all, entry) => {
    return JSON.stringify(pathToFileURL(join(ROOT, exports[`.${entry}`])).href);
  });
  const folder = mkdtempSync(join(tmpdir(), "ts-control-plane-docs-"));
  try {
    writeFileSync(join(folder, "example.test.mts"), source);
    const { stdout, status } = spawnSync(process.execPath, ["--test", "--test-reporter=tap", "example.test.mts"], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(stdout).toMatch(/^# fail 0$/m);
    expect(Number(/^# pass (\d+)$/m.exec(stdout)![1])).toBeGreaterThan(50);
    expect(status).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
