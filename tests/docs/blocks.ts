import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The folder of the repository. */
export const ROOT = join(import.meta.dirname, "../..");

/** A block of code in a page of Markdown, or in a docstring. */
export interface Block {
  /** The page, from the folder of the repository. */
  readonly page: string;
  /** The line of its first line, from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** What a comment before the block declares that its fragment leaves out: `<!-- with: declare const pem: string; -->`. */
  readonly context: string;
}

/** All pages for readers: README and docs. */
export const PAGES: readonly string[] = ["README.md", ...globSync("docs/*.md", { cwd: ROOT }).sort()];

/** The blocks of a page. */
export function blocksOf(page: string): Block[] {
  const text = readFileSync(join(ROOT, page), "utf8");
  const fence = /(?:<!-- with:\s([^]*?)-->\n\n?)?^```(\w+)\n([^]*?)^```/gm;
  return [...text.matchAll(fence)].map(({ 1: context = "", 2: language, 3: code, index, 0: whole }) => {
    const line = text.slice(0, index + whole.indexOf("```")).split("\n").length + 1;
    return { page, line, language: language!, text: code!, context };
  });
}

/** The examples in the docstrings of the sources. */
export function examplesInSources(): Block[] {
  const files = ["mod.ts", ...globSync("src/**/*.ts", { cwd: ROOT })].sort();
  return files.flatMap((page) => {
    const text = readFileSync(join(ROOT, page), "utf8");
    return [...text.matchAll(/^( *) \* ```ts\n([^]*?)^\1 \* ```/gm)].map(({ 2: code, index }) => {
      const line = text.slice(0, index).split("\n").length + 1;
      return { page, line, language: "ts", text: code!.replaceAll(/^ *\* ?/gm, ""), context: "" };
    });
  });
}
