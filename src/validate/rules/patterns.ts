import { RE2JS } from "@bufbuild/re2";

/**
 * A function that says whether a pattern in RE2's syntax is found in a text.
 *
 * @throws Error if RE2 refuses the pattern
 */
export function patternTest(pattern: string): (text: string) => boolean {
  const re2 = RE2JS.compile(pattern);
  if (!PORTABLE.test(pattern)) return (text) => re2.test(text);
  // A hundred times as fast.
  const native = new RegExp(pattern, "u");
  return (text) => native.test(text);
}

/**
 * Patterns that mean the same to `RegExp`: of letters, digits and some signs, groups, alternatives, repetitions, anchors,
 * and sets of characters without classes. A dot is none of them, which in JavaScript excludes more than a line feed.
 */
const PORTABLE =
  /^(?:[\w/~:,@#%&=;!'"<> -]|\\[.\\/]|\\x[0-9a-fA-F]{2}|\[\^?(?:[^[\]\\&~-]|[\w/.]-[\w/.]|\\[-.\\/]|\\x[0-9a-fA-F]{2}(?:-\\x[0-9a-fA-F]{2})?)+\]|\((?!\?)|[)^$|+*?])*$/;
