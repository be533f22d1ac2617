// Fails where package.json and deno.json say different things of the same package.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { differencesOf } from "./exports/differences.ts";

const [npm, deno] = ["package.json", "deno.json"].map((file) => {
  return JSON.parse(readFileSync(join(import.meta.dirname, "..", file), "utf8"));
});

const differences = differencesOf({ npm, deno });
for (const difference of differences) console.error(difference);
process.exitCode = differences.length > 0 ? 1 : 0;
