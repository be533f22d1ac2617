import { RE2JS } from "@bufbuild/re2";

/**
 * Why RE2, which Envoy uses, refuses a regular expression; undefined if it does not.
 *
 * JavaScript's own `RegExp` errs both ways: it accepts a lookahead and refuses `(?i)`.
 */
export function regexError(pattern: string): string | undefined {
  return compiled(pattern).error;
}

/** The number of groups of a regular expression; undefined if RE2 refuses it. */
export function regexGroups(pattern: string): number | undefined {
  return compiled(pattern).groups;
}

interface Compiled {
  readonly error: string | undefined;
  readonly groups: number | undefined;
}

const known = new Map<string, Compiled>();
const MAX_KNOWN = 10_000;

function compiled(pattern: string): Compiled {
  let result = known.get(pattern);
  if (result === undefined) {
    result = compile(pattern);
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(pattern, result);
  }
  return result;
}

/** `\C`, one byte, which RE2 accepts and its translation does not; after an even number of backslashes. */
const ONE_BYTE = /((?:^|[^\\])(?:\\\\)*)\\C/g;

function compile(pattern: string): Compiled {
  try {
    return { error: undefined, groups: RE2JS.compile(pattern.replaceAll(ONE_BYTE, "$1.")).groupCount() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { error: reason.replace(/^error parsing regexp: /, ""), groups: undefined };
  }
}
