import { ROOT } from "./path.ts";
import plugin from "./style.ts";
import { findInIdentifier, findWords, proseOfMarkdown } from "./words.ts";

/** What is found in a file of tests, in the order of the file. */
const IN_TYPESCRIPT: readonly (readonly [code: string, found: readonly string[]])[] = [
  ["// The client is told.\nconst x = 'It tells';", ["told", "tells"]],
  ["/**\n * Says what there\n * is.\n */\nfunction f() {}", ["what there is"]],
  ["// what there\n// is\nf();", ["what there is"]],
  ["// what there\nf(); // is", []],
  ["it(`${name} is gone`, () => {});", ["is gone"]],
  ["f('what there', 'is');", []],
  ["import { a } from './told.ts'; export * from './answers.ts';", []],
  ["const answersDue = 1; f(answersDue); class A { #told = 1; NOBODY = 2 }", ["answers", "told", "nobody"]],
  ["const storytelling = 1, foretold = 2, retell = 3; // storytelling", []],
  ["// See https://example.com/answers/12", []],
  ["const pattern = /told/;", []],
];

for (const [code, found] of IN_TYPESCRIPT) {
  Deno.test(`style/words finds ${JSON.stringify(found)} in: ${code.replaceAll("\n", "\\n")}`, () => {
    expectEqual(wordsIn(`${ROOT}/tests/file.ts`, code), found);
    expectEqual(wordsIn(`${ROOT}/src/cache/file.ts`, `${code}\n`), found);
    expectEqual(wordsIn(`${ROOT}/scripts/lint/file.ts`, code), []);
  });
}

Deno.test("style/words points at the word", () => {
  const code = "const s = 'ä'; // it is\n// gone, and answered";
  const ranges = Deno.lint.runPlugin(plugin, `${ROOT}/tests/file.ts`, code).map(({ range }) => code.slice(...range));
  expectEqual(ranges, ["is\n// gone", "answered"]);
});

const IN_PROSE: readonly (readonly [text: string, found: readonly string[]])[] = [
  ["Nobody, somebody or anybody", ["Nobody", "somebody", "anybody"]],
  ["It goes on; it goes on the wire; go on\nto the next", ["goes on", "go on"]],
  ["A user who reads; people who write; who asks?", ["who"]],
  ["Resources are gone, which is\n  gone", ["are gone", "is gone"]],
  ["Unanswered requests, be it none", ["Unanswered", "be it"]],
  ["There is nothing in it, of its own accord", ["There is nothing", "of its own accord"]],
  ["Servers respond, clients ACK; whoever, whose, whom", []],
];

for (const [text, found] of IN_PROSE) {
  Deno.test(`findWords() finds ${JSON.stringify(found)} in: ${text.replaceAll("\n", "\\n")}`, () => {
    expectEqual(findWords(text).map((each) => each.text), found);
  });
}

Deno.test("proseOfMarkdown() leaves the text of a link, and not where it leads", () => {
  const text = "[is told](docs/answers.md) and [1]\n\n[1]: docs/told.md";
  expectEqual(findWords(proseOfMarkdown(text)).map((each) => each.text), ["told"]);
  expectEqual(proseOfMarkdown(text).length, text.length);
});

Deno.test("findInIdentifier() knows the parts of names, however they are written", () => {
  const names = ["isOwed", "OWES_ALL", "tell", "XMLAnswer", "leadsTo", "toString", "constructor", "hasOwnProperty"];
  const found = names.map((name) => findInIdentifier(name)?.text);
  expectEqual(found, ["owed", "owes", "tell", "answer", "leadsTo", undefined, undefined, undefined]);
});

function wordsIn(file: string, code: string): string[] {
  const found = Deno.lint.runPlugin(plugin, file, code).filter(({ id }) => id === "style/words");
  return found.toSorted((a, b) => a.range[0] - b.range[0]).map(({ message }) => /"([^"]*)"/.exec(message)![1]!);
}

function expectEqual(actual: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`found ${a}, not ${b}`);
}
