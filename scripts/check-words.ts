// Looks in the documentation for words that this project does not use. The lint plugin does the same for TypeScript.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { findWords, proseOfMarkdown } from "./lint/words.ts";

/** They have the old words beside the new ones. */
const EXEMPT = ["CHANGELOG.md", "docs/glossary.md"];

const root = join(import.meta.dirname, "..");
const files = globSync(["*.md", ".github/**/*.md", "{docs,src,tests,scripts,examples}/**/*.md"], {
  cwd: root,
  exclude: ["**/node_modules/**"],
}).sort();

const problems = files.filter((file) => !EXEMPT.includes(file)).flatMap((file) => {
  const text = readFileSync(join(root, file), "utf8");
  return findWords(proseOfMarkdown(text)).map(({ start, text: word, instead }) => {
    const line = text.slice(0, start).split("\n").length;
    return `${file}:${line}: "${word}" is not a word of this project: ${instead}`;
  });
});

for (const problem of problems) console.error(problem);
if (problems.length > 0) console.error(`\n${problems.length} places in the documentation; see docs/glossary.md`);
process.exitCode = problems.length > 0 ? 1 : 0;
