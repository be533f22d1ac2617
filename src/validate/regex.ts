import { RE2JS } from "@bufbuild/re2";

/**
 * Why RE2, which Envoy uses, refuses a regular expression; undefined if it does not.
 *
 * JavaScript's own `RegExp` errs both ways: it accepts a lookahead and refuses `(?i)`.
 */
export function regexError(pattern: string): string | undefined {
  let error = known.get(pattern);
  if (error === undefined) {
    error = compileError(pattern);
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(pattern, error);
  }
  return error === "" ? undefined : error;
}

const known = new Map<string, string>();
const MAX_KNOWN = 10_000;

/** `\C`, one byte, which RE2 accepts and its translation does not; after an even number of backslashes. */
const ONE_BYTE = /((?:^|[^\\])(?:\\\\)*)\\C/g;

function compileError(pattern: string): string {
  try {
    RE2JS.compile(pattern.replaceAll(ONE_BYTE, "$1."));
    return "";
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return reason.replace(/^error parsing regexp: /, "");
  }
}
