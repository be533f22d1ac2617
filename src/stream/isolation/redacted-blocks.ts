/** What stands in place of what may be secret. */
export const REDACTED = "[redacted]";

/**
 * A text without what is in braces: messages in protobuf's text or in JSON, at any depth, several of them, within quotes
 * or not. What was cut off at its end is left out to the end; a closing brace without an opening one is the end of a
 * message whose beginning was cut off, so that what is before it is left out.
 */
export function withoutBlocks(text: string): string {
  let safe = "";
  let from = 0;
  for (let at = nextBrace(text, 0); at >= 0; at = nextBrace(text, from)) {
    const repetition = repetitionAt(text, at);
    if (repetition > 0) {
      safe += text.slice(from, at + repetition);
      from = at + repetition;
    } else if (text[at] === "}") {
      safe = REDACTED;
      from = at + 1;
    } else {
      safe += `${text.slice(from, at)}{${REDACTED}}`;
      from = endOfBlock(text, at);
    }
  }
  return safe + text.slice(from);
}

/**
 * Where a block ends that begins with a bracket: behind the bracket that closes it, outside of strings.
 *
 * @param start - the position of the opening bracket
 * @returns the length of the text, if the block is cut off
 */
export function endOfBlock(text: string, start: number): number {
  const open = text[start]!;
  const close = CLOSING[open]!;
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at]!;
    if (character === "\\") at++;
    else if (character === '"' || (character === "'" && isValueAt(text, at))) at = endOfString(text, at) - 1;
    else if (character === open) depth++;
    else if (character === close && --depth === 0) return at + 1;
  }
  return text.length;
}

/** Where a string ends: behind its closing quote. @param start - the position of its opening quote */
export function endOfString(text: string, start: number): number {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === quote) return at + 1;
  }
  return text.length;
}

const CLOSING: Readonly<Record<string, string>> = { "{": "}", "[": "]", "<": ">" };

function nextBrace(text: string, from: number): number {
  for (let at = from; at < text.length; at++) if (text[at] === "{" || text[at] === "}") return at;
  return -1;
}

/** The length of a repetition in a regular expression, such as `{1,3}`, which is no message; 0 for anything else. */
function repetitionAt(text: string, at: number): number {
  return /^\{[0-9]{1,5}(?:,[0-9]{0,5})?\}/.exec(text.slice(at, at + MAX_REPETITION))?.[0].length ?? 0;
}

const MAX_REPETITION = 13;

/** An apostrophe is a quote only where a value may begin. */
function isValueAt(text: string, at: number): boolean {
  return /[:=,[({]\s?$/.test(text.slice(Math.max(0, at - 2), at));
}
