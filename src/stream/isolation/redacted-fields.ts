import { endOfBlock, endOfString, REDACTED } from "./redacted-blocks.ts";

/** A text without the values of fields, headers and parameters that hold keys, however their names are spelled. */
export function withoutFields(text: string): string {
  let safe = "";
  let from = 0;
  NAME.lastIndex = 0;
  for (let match = NAME.exec(text); match !== null; match = NAME.exec(text)) {
    const start = NAME.lastIndex;
    const end = endOfValue(text, start, match[1]!);
    if (end === start) continue;
    safe += text.slice(from, start) + REDACTED;
    NAME.lastIndex = from = end;
  }
  return safe + text.slice(from);
}

/** A name in front of a value. A name begins where the one before has ended, so that each character is read once. */
const NAME = /(?<![\w-])([\w-]+)(?:\\?["'])?\s*[:=]\s*/g;

/** Names of fields in the API that hold keys, passwords or what contains them: parts of the name. */
const SENSITIVE =
  /key|secret|token|passw|passphrase|credential|authorization|cookie|inline(?:string|bytes)|pkcs12|username|users|contextextensions|^(?:raw)?value$/;
/** Names whose value need not be in quotes: a resource may have a name like the others, and a reason behind it. */
const SENSITIVE_WORD =
  /(?:password|passwd|passphrase|secret|token|authorization|cookie|credentials?|(?:private|api|access|secret)key|inlinestring|inlinebytes)$/;
/** Headers whose value may have several words. */
const SENSITIVE_LINE = /(?:authorization|cookie)$/;

/** Where the value of a field ends; `start` if it need not be left out. */
function endOfValue(text: string, start: number, spelled: string): number {
  const name = spelled.toLowerCase().replaceAll(/[_-]/g, "");
  if (!SENSITIVE.test(name)) return start;
  switch (text[start]) {
    case '"':
    case "'":
      return endOfStrings(text, start);
    case "\\":
      return endOfEscaped(text, start);
    case "{":
    case "[":
    case "<":
      // What was redacted already needs it no second time.
      return text.startsWith(REDACTED, start) ? start : endOfBlock(text, start);
    default:
      return SENSITIVE_WORD.test(name) ? endOfWord(text, start, SENSITIVE_LINE.test(name)) : start;
  }
}

/** Strings that follow each other are one in protobuf's text. */
function endOfStrings(text: string, start: number): number {
  let end = endOfString(text, start);
  for (let next = pastSpace(text, end); text[next] === '"' || text[next] === "'"; next = pastSpace(text, end)) {
    end = endOfString(text, next);
  }
  return end;
}

/** A string within a string: to the end of the outer one. */
function endOfEscaped(text: string, start: number): number {
  const end = text.slice(start).search(/(?<!\\)["\n]/);
  return end < 0 ? text.length : start + end;
}

function endOfWord(text: string, start: number, isLine: boolean): number {
  const end = text.slice(start).search(isLine ? /[\r\n"'}]/ : /[\s,;"'}]/);
  return end < 0 ? text.length : start + end;
}

function pastSpace(text: string, start: number): number {
  let at = start;
  while (/\s/.test(text[at] ?? "")) at++;
  return at;
}
