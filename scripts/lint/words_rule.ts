import { pathOf } from "./path.ts";
import { proseOf, type Range, rangeOfText } from "./prose.ts";
import { findInIdentifier, findWords } from "./words.ts";

/** The files in which words are looked for; the list of the words is in scripts/lint. */
const READ = /^(?:src|tests|scripts|examples|bench)\/(?!lint\/)|^mod\.ts$/;

const HINT = "See docs/glossary.md";

/** Finds the words of words.ts in comments, texts and names; a name once in a file. */
export const words: Deno.lint.Rule = {
  create(context) {
    const path = pathOf(context);
    if (!READ.test(path)) return {};
    const texts: Range[] = [];
    const seen = new Set<string>();
    const addText = (node: Deno.lint.Literal | Deno.lint.TemplateElement): void => {
      const range = rangeOfText(node);
      if (range !== undefined) texts.push(range);
    };
    const checkName = (node: Deno.lint.Identifier | Deno.lint.PrivateIdentifier): void => {
      if (seen.has(node.name)) return;
      seen.add(node.name);
      const found = findInIdentifier(node.name);
      if (found === undefined) return;
      const message = `"${found.text}" in a name is not a word of this project: ${found.instead}`;
      context.report({ node, message, hint: HINT });
    };
    return {
      Literal: addText,
      TemplateElement: addText,
      Identifier: checkName,
      PrivateIdentifier: checkName,
      "Program:exit"() {
        const { sourceCode } = context;
        const comments = sourceCode.getAllComments().map(({ range }) => range);
        for (const { start, end, text, instead } of findWords(proseOf(sourceCode.text, [...comments, ...texts]))) {
          const message = `"${text}" is not a word of this project: ${instead}`;
          context.report({ range: [start, end], message, hint: HINT });
        }
      },
    };
  },
};
