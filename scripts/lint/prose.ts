// The prose of a TypeScript file: its comments, and its texts.

import { blank } from "./words.ts";

type Node = Deno.lint.Node;

/** A part of a file, by its place. */
export type Range = Deno.lint.Range;

/**
 * The whole of a file with everything but prose blanked, so that what is found in it stands at the same place in the
 * file. Comments of one line each that follow each other are one text, as are the lines of a longer one.
 */
export function proseOf(text: string, parts: readonly Range[]): string {
  let prose = "";
  for (const [start, end] of [...parts].sort(([a], [b]) => a - b)) {
    const between = text.slice(prose.length, start);
    // Comments with only space between them are one text.
    prose += /^\s*$/.test(between) ? between : blank(between);
    prose += text.slice(start, end).replaceAll(/^\/\/|^\/\*+|\*+\/$|^\s*\*/gm, (sign) => " ".repeat(sign.length));
  }
  return prose;
}

/** The range of a text or of a part of a template; undefined for other nodes. */
export function rangeOfText(node: Node): Range | undefined {
  if (node.type === "TemplateElement") return node.range;
  if (node.type !== "Literal" || typeof node.value !== "string" || isPath(node)) return undefined;
  return node.range;
}

/** Files are named after what they hold, so names are checked there. */
function isPath({ parent }: Deno.lint.Literal): boolean {
  return ["ImportDeclaration", "ExportNamedDeclaration", "ExportAllDeclaration"].includes(parent.type);
}
