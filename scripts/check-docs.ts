// Lints the documentation of the entries in deno.json: every public symbol has a docstring, and every type that a public
// symbol uses is public.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

const root = join(import.meta.dirname, "..");
const { exports } = JSON.parse(readFileSync(join(root, "deno.json"), "utf8")) as {
  readonly exports: Record<string, string>;
};

const { status, error } = spawnSync("deno", ["doc", "--lint", "--quiet", ...Object.values(exports)], {
  cwd: root,
  stdio: ["ignore", "ignore", "inherit"],
});
if (error) throw new Error(`Cannot run deno: ${error.message}; run this by npm test -- doc`, { cause: error });
process.exitCode = status ?? 1;
