import { ROOT } from "./path.ts";
import plugin from "./style.ts";

const CASES: readonly (readonly [rule: string, code: string, found: number])[] = [
  ["private-fields", "class A { private x = 1; private y(): void {} }", 2],
  ["private-fields", "class A { #x = 1; private constructor() {} protected z = 1; }", 0],
  ["function-declarations", "const f = () => 1; /** It is. */ export const g = (a: number) => a;", 2],
  ["function-declarations", "const f = memo(() => 1); function g() { const h = () => 1; return h; }", 0],
  ["documented-exports", "export function f() {}\n// no doc\nexport interface I {}", 2],
  ["documented-exports", "/** Does it. */\nexport function f() {}\nexport { f as g };", 0],
  ["few-parameters", "/** Does it. */ export function f(a: 1, b: 2, c: 3, d: 4) {}", 1],
  ["few-parameters", "/** Does it. */ export function f(a: 1, b: 2, c: 3) {} function g(a: 1, b: 2, c: 3, d: 4) {}", 0],
  ["error-messages", "throw new Error('cannot do it'); throw new TypeError(`Cannot do ${it}.`);", 2],
  ["error-messages", "throw new Error('Cannot do it'); throw new RangeError(`${it} is too much`); new Thing('x.')", 0],
  ["no-default-export", "export default 1;", 1],
  ["short-files", "f();\n".repeat(301), 1],
  ["short-files", "f();\n".repeat(300), 0],
];

for (const [rule, code, found] of CASES) {
  Deno.test(`style/${rule} finds ${found} in: ${code.slice(0, 120).replaceAll("\n", " ")}`, () => {
    const count = (file: string) =>
      Deno.lint.runPlugin(plugin, file, code).filter(({ id }) => id === `style/${rule}`).length;
    if (count(`${ROOT}/src/file.ts`) !== found) throw new Error(`found ${count(`${ROOT}/src/file.ts`)}`);
    if (count(`${ROOT}/tests/file.ts`) !== 0) throw new Error("It is for src/ alone");
  });
}

Deno.test("style/short-files allows less in src/stream", () => {
  const count = (lines: number) =>
    Deno.lint.runPlugin(plugin, `${ROOT}/src/stream/variants/file.ts`, "f();\n".repeat(lines)).length;
  if (count(200) !== 0 || count(201) !== 1) throw new Error(`found ${count(200)} and ${count(201)}`);
});
