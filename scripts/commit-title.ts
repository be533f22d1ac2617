// Checks the titles of commits. See `--help`.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";
import { problemOfTitle } from "./commits/title.ts";

const HELP = `Usage: npm run commit-title -- [<range> | --file <file>]

Checks that the titles of commits say what they change, and where: "scope: what changes".

  <range>        the commits to look at, as git log takes them; default: HEAD~1..HEAD
  --file <file>  a message that is not committed yet, as the hook commit-msg of git gets it
  --help         show this text`;

const { values: { help, file }, positionals: [range = "HEAD~1..HEAD"] } = parseArgs({
  options: { help: { type: "boolean" }, file: { type: "string" } },
  allowPositionals: true,
});

if (help) console.log(HELP);
else check(file === undefined ? titlesOf(range) : [readFileSync(file, "utf8").split("\n")[0]!]);

function titlesOf(range: string): string[] {
  const log = execFileSync("git", ["log", "--no-merges", "--format=%s", range, "--"], { encoding: "utf8" });
  return log.split("\n").filter(Boolean);
}

function check(titles: readonly string[]): void {
  const problems = titles.flatMap((title) => problemOfTitle(title) ?? []);
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
